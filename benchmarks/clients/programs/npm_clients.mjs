// openai, ai with @ai-sdk/openai-compatible, and @modelcontextprotocol/sdk, from npm.
import { createReadStream, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const { FOOTNOTE_URL: url, FOOTNOTE_KEY: key, FOOTNOTE_ANOTHER_PDF: pdf, FOOTNOTE_NPM: home } = process.env;
const question = "How much cargo did Nordhaven handle in 2025?";
const from = createRequire(join(home, "package.json"));
const load = async (name) => import(pathToFileURL(from.resolve(name)));
const version = (name) => JSON.parse(readFileSync(join(home, "node_modules", name, "package.json"))).version;

function holds(condition, otherwise) {
  if (!condition) throw new Error(otherwise);
}

function isAnswer(text) {
  for (const part of ["2.84 million tonnes", "[1]", "Sources:"]) holds(text.includes(part), `no ${part}: ${text.slice(0, 160)}`);
}

async function attempt(client, what, job) {
  const told = { client: `${client} (npm)`, version: version(client), what, result: "works", remark: "" };
  try {
    told.remark = (await job()) ?? "";
  } catch (error) {
    console.error(error);
    told.result = "fails";
    told.remark = `${error.name}: ${error.message}`.split("\n")[0].slice(0, 160);
  }
  console.log(JSON.stringify(told));
}

const { default: OpenAI } = await load("openai");
const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
const asked = { model: "footnote", messages: [{ role: "user", content: question }] };

await attempt("openai", "chat", async () => {
  isAnswer((await openai.chat.completions.create(asked)).choices[0].message.content);
});
await attempt("openai", "stream", async () => {
  let text = "";
  for await (const chunk of await openai.chat.completions.create({ ...asked, stream: true }))
    text += chunk.choices[0]?.delta?.content ?? "";
  isAnswer(text);
  isAnswer((await openai.chat.completions.stream(asked).finalMessage()).content);
  return "also `.stream()`";
});
await attempt("openai", "models", async () => {
  const found = [];
  for await (const model of openai.models.list()) found.push(model.id);
  holds(found.join() === "footnote", `the models are ${found}`);
  holds((await openai.models.retrieve("footnote")).id === "footnote", "another model");
});
await attempt("openai", "uploads", async () => {
  const added = await openai.files.create({ file: createReadStream(pdf), purpose: "user_data" });
  holds((await openai.files.waitForProcessing(added.id, { pollInterval: 200 })).status === "processed", "it is not read");
  holds((await openai.files.delete(added.id)).deleted, "it is not deleted");
  return "`files`: create, wait, delete";
});

const { generateText, streamText } = await load("ai");
const { createOpenAICompatible } = await load("@ai-sdk/openai-compatible");
const model = createOpenAICompatible({ name: "footnote", baseURL: `${url}/v1`, apiKey: key })("footnote");
await attempt("ai", "chat", async () => {
  isAnswer((await generateText({ model, prompt: question })).text);
  return `@ai-sdk/openai-compatible ${version("@ai-sdk/openai-compatible")}`;
});
await attempt("ai", "stream", async () => {
  let text = "";
  for await (const piece of streamText({ model, prompt: question }).textStream) text += piece;
  isAnswer(text);
});

const sdk = join(home, "node_modules", "@modelcontextprotocol", "sdk", "dist", "esm", "client");
const { Client } = await import(pathToFileURL(join(sdk, "index.js")));
const { StreamableHTTPClientTransport } = await import(pathToFileURL(join(sdk, "streamableHttp.js")));
await attempt("@modelcontextprotocol/sdk", "MCP", async () => {
  const client = new Client({ name: "try", version: "1" });
  const requestInit = { headers: { Authorization: `Bearer ${key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit }));
  const { tools } = await client.listTools();
  holds(tools.some((tool) => tool.name === "ask"), "there is no tool to ask with");
  isAnswer((await client.callTool({ name: "ask", arguments: { question } })).content[0].text);
  const { resources } = await client.listResources();
  holds((await client.readResource({ uri: resources[0].uri })).contents.length, "a resource is empty");
  holds((await client.listPrompts()).prompts.length >= 2, "there are no prompts");
  await client.close();
  return "tools, resources, prompts";
});
