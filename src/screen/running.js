// A running answer, looked at by address: at every look of Streamlit's the browser compares the whole page, and the cores
// that write the words draw it. Words are set here, as text; the page is drawn anew where more than words has changed.
const RUNNING = '.fn-stage[data-at]', LOST_MS = 1000, LEAST_MS = 100, AGAIN_MS = 3000, APART_MS = 60; // of two things told at once Streamlit hears one
let looking = '', failures = 0, seen = { at: '', key: '', blocks: [], chips: {} }, hurried = '', hurriedAt = 0;

const made = (name, children, more = {}) => {
  const element = Object.assign(document.createElement(name), more);
  element.append(...children);
  return element;
};
const pieceOf = piece => {
  if (typeof piece === 'string') return document.createTextNode(piece);
  const [anchor, title] = seen.chips[piece];
  return made('a', [String(piece)], { href: `#${anchor}`, title });
};
const runsOf = runs => runs.flatMap(([bold, pieces]) => {
  const set = pieces.map(pieceOf);
  return bold ? [made('strong', set)] : set;
});
const blockOf = ([kind, start, items]) => {
  if (kind === 'p') return made('p', runsOf(items[0]));
  return made(kind, items.map(runs => made('li', runsOf(runs))), kind === 'ol' ? { start } : {});
};
const become = (shown, fresh) => { // what stays the same is left alone: a chip may have the keys
  const wanted = [...fresh.childNodes];
  wanted.forEach((node, place) => {
    const there = shown.childNodes[place];
    if (!there) shown.append(node);
    else if (there.nodeType === Node.TEXT_NODE && node.nodeType === Node.TEXT_NODE) {
      if (there.data !== node.data) there.data = node.data;
    } else if (there.nodeName === node.nodeName && there.getAttribute?.('href') === node.getAttribute?.('href')) become(there, node);
    else there.replaceWith(node);
  });
  while (shown.childNodes.length > wanted.length) shown.lastChild.remove();
};
const setWords = () => {
  const words = document.querySelector('.fn-written');
  if (!words || words.dataset.at !== seen.at) return;
  const fresh = made('div', seen.blocks.map(blockOf));
  const last = fresh.lastElementChild;
  (last?.localName === 'p' ? last : last?.lastElementChild)?.append(' ▌');
  fresh.normalize(); // one text with the words before it: nothing of its own that would move
  become(words, fresh);
};
const partsOf = key => key.split(' '); // what is drawn for it: the page, the viewer, its own place (running.py, `drawn_key`)
const setLine = (line, words) => { if (line && line.textContent !== words) line.textContent = words; };
const look = async at => {
  if (looking !== at) return;
  const began = performance.now();
  let every = LOST_MS;
  try {
    const answer = await fetch(at, { cache: 'no-store' });
    if (!answer.ok) throw new Error(String(answer.status));
    const told = await answer.json();
    seen = { at, ...told, blocks: told.blocks ?? seen.blocks, chips: told.chips ?? seen.chips }; // done: the words stay until it is drawn
    every = seen.again_s * 1000;
    failures = 0;
    const place = document.querySelector(RUNNING);
    if (looking !== at || place?.dataset.at !== at) { looking = ''; return; }
    setWords();
    if (place.dataset.key === seen.key) {
      setLine(place, seen.line);
      setLine(document.querySelector('p.fn-engine'), seen.engine);
    } else if (hurried !== at + seen.key || performance.now() - hurriedAt > AGAIN_MS) { // not heard: told again
      const [page, quoted] = partsOf(seen.key), [pageWas, quotedWas] = partsOf(place.dataset.key);
      const anew = hurried !== at + seen.key && page === pageWas ? window.footnoteMoved : null;
      [hurried, hurriedAt] = [at + seen.key, performance.now()];
      if (!anew) tell('moved', seen.key);
      else if (quoted === quotedWas) anew(seen.key);
      else { window.footnoteFollow?.(seen.key); setTimeout(anew, APART_MS, seen.key); } // what is opened stands before the words come
    }
  } catch {
    if (looking !== at) return;
    failures += 1;
    if (failures === 2) tell('moved', 'lost'); // not a blip: from now on the page looks itself
  }
  setTimeout(look, Math.max(LEAST_MS, every - (performance.now() - began)), at);
};
const filled = () => { // a place drawn anew has its words before it is painted, at the end too, where the line stands already
  const words = document.querySelector('.fn-written');
  if (!words || words.firstChild) return;
  if (seen.at !== words.dataset.at || !seen.blocks.length) seen = { at: words.dataset.at, ...JSON.parse(words.dataset.begun) };
  setWords();
};
const follows = () => {
  filled();
  const place = document.querySelector(RUNNING);
  if (!place) { looking = ''; return; }
  if (looking === place.dataset.at) return;
  looking = place.dataset.at;
  look(looking);
};
