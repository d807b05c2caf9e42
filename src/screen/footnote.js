// The script of the page: names for what has none, drops anywhere, the way to a new question, copying, what is said to
// those who hear the page, and a word when the server cannot be reached. Streamlit loads it as a component and calls it
// again with new data. Listeners are set once: Streamlit forgets the clean-up of every call but the last.
const CHIP = 'a[href^="#cite-"]', SIGN = 'a[href^="#doubt-"]';
const INPUT = '[data-testid="stFileUploaderDropzoneInput"]', ZONE = '[data-testid="stFileUploaderDropzone"]';
const WORDS = '[class*="st-key-answer-"] [data-testid="stMarkdown"] :is(p, li), .fn-written :is(p, li), .fn-quote, .fn-where b, .st-key-suggestions p';
const OFFLINE_AFTER_MS = 1500; // a blip is nobody's business
let data = { words: {} };

const kinds = () => data.kinds ?? ['.pdf']; // what names of files end in that can be read
const closest = (event, selector) => event.target instanceof Element && event.target.closest(selector);
const set = (element, name, value) => { if (element.getAttribute(name) !== value) element.setAttribute(name, value); };

// ------------------------------------------------------------------------------------------------ names

const SKIP = '[data-testid="stSkipToContent"]'; // the first Tab stop: past the library, the answers and the viewer
const askable = () => document.querySelector('[data-testid="stChatInputTextArea"]:not(:disabled)');
const skipTo = event => {
  if (!closest(event, SKIP) || !askable()) return;
  event.preventDefault();
  event.stopPropagation(); // Streamlit's own goes to the whole room
  askable().focus();
};
const name = () => {
  document.querySelectorAll(CHIP).forEach(chip => {
    const number = (chip.querySelector('.fn-number') ?? chip).textContent.trim();
    const source = (data.words.source ?? 'Source {number}').replace('{number}', number);
    set(chip, 'aria-label', chip.title ? `${source}: ${chip.title}` : source);
  });
  document.querySelectorAll(SIGN).forEach(sign => {
    set(sign, 'role', 'note');
    set(sign, 'aria-label', sign.title);
  });
  document.querySelectorAll(INPUT).forEach(input => { // other files are told about when they come; the chooser need not offer them
    input.ariaLabel ||= data.words.files ?? 'Files';
    if (!input.closest('.st-key-list-file')) input.accept ||= kinds().join(',');
  });
  const skip = document.querySelector(SKIP), words = askable() ? data.words.to_question : data.words.to_content;
  if (skip && words && skip.textContent !== words) skip.textContent = words; // Streamlit has it in English only
  document.querySelectorAll('[class*="st-key-rate-"]').forEach(thumbs => {
    const [up, down] = thumbs.querySelectorAll('button');
    if (up) set(up, 'aria-label', data.words.thumb_up ?? '');
    if (down) set(down, 'aria-label', data.words.thumb_down ?? '');
  });
  document.querySelectorAll('[class*="st-key-bare-"] button').forEach(button => { // an icon alone: its words at the pointer
    const words = button.querySelector('[data-testid="stMarkdownContainer"]')?.textContent.trim();
    if (words) set(button, 'title', words);
  });
  document.querySelectorAll(WORDS).forEach(block => { // in the direction of its own words; what says “a.” needs no bullet
    set(block, 'dir', 'auto');
    if (block.localName === 'li') block.classList.toggle('fn-labelled', /^\s*\(?(\p{L}|[ivx]{1,4}|\d{1,2})[.)]\s/iu.test(block.textContent));
  });
};

// ------------------------------------------------------------------------------------------------ cards at work

const cards = () => document.querySelectorAll('.fn-moving > .fn-card').forEach(fresh => { // come with the heading, once a tick
  const shown = document.querySelector(`[class*="st-key-doc-"] .fn-card[data-entry="${CSS.escape(fresh.dataset.entry)}"]`);
  if (shown && shown.innerHTML !== fresh.innerHTML) shown.innerHTML = fresh.innerHTML;
});

// ------------------------------------------------------------------------------------------------ what is heard

const live = () => {
  let region = document.querySelector('.fn-said');
  if (!region) {
    region = Object.assign(document.createElement('div'), { className: 'fn-said fn-hidden', role: 'status', ariaLive: 'polite' });
    document.body.append(region);
  }
  return region;
};
const say = text => {
  const region = live(), dialog = document.querySelector('dialog[open]');
  if (dialog && region.parentElement !== dialog) dialog.append(region); // outside of an open dialog nothing is heard
  if (!dialog && region.parentElement !== document.body) document.body.append(region);
  region.textContent = '';
  requestAnimationFrame(() => { region.textContent = text; });
};
let announced; // what was finished when the page was opened is no news
const announce = () => {
  const news = data.news ?? { id: '', text: '' };
  if (announced !== undefined && news.id && announced !== news.id) say(news.text);
  if (news.id || announced === undefined) announced = news.id;
};

// ------------------------------------------------------------------------------------------------ copying

const toClipboard = async (text, html) => {
  if (navigator.clipboard) { // only under https and on this machine
    if (html && window.ClipboardItem) {
      const kinds = { 'text/plain': text, 'text/html': html };
      const item = Object.fromEntries(Object.entries(kinds).map(([type, words]) => [type, new Blob([words], { type })]));
      try { return await navigator.clipboard.write([new ClipboardItem(item)]); } catch { /* then without formatting */ }
    }
    try { return await navigator.clipboard.writeText(text); } catch { /* not allowed: the old way */ }
  }
  const area = Object.assign(document.createElement('textarea'), { value: text, className: 'fn-hidden' });
  (document.querySelector('[role="dialog"]') ?? document.body).append(area); // out of a dialog the keys do not go
  area.select();
  document.execCommand('copy');
  area.remove();
};
const copy = async event => {
  const button = closest(event, '.fn-copy');
  if (!button) return;
  await toClipboard(button.dataset.copy, button.dataset.html);
  const label = button.querySelector('span'), before = button.title;
  const shown = (words, done) => { label.textContent = button.title = words; button.classList.toggle('fn-copied', done); };
  shown(data.words.copied, true);
  say(data.words.copied);
  setTimeout(shown, 2000, before, false);
};

// ------------------------------------------------------------------------------------------------ dropping files

const carriesFiles = event => event.dataTransfer?.types?.includes('Files');
const over = event => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  document.body.dataset.fnDrop = data.words.drop ?? '';
  document.body.classList.add('fn-dropping');
};
const leave = event => { if (!event.relatedTarget) document.body.classList.remove('fn-dropping'); };
const filesOf = async entry => { // a dropped file, or all that is in a dropped folder
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader(), inside = [];
  const next = () => new Promise((resolve, reject) => reader.readEntries(resolve, reject)); // a hundred at a time
  for (let some = await next(); some.length; some = await next()) inside.push(...some);
  return (await Promise.all(inside.map(filesOf))).flat();
};
const dropped = async (loose, entries) => {
  if (!entries.some(entry => entry.isDirectory)) return loose;
  const all = (await Promise.all(entries.map(filesOf))).flat();
  return all.filter(file => kinds().some(kind => file.name.toLowerCase().endsWith(kind))); // a folder holds other things, too
};
const drop = async event => {
  document.body.classList.remove('fn-dropping');
  if (!carriesFiles(event) || closest(event, ZONE)) return; // the uploader takes its own
  event.preventDefault();
  const { files, items } = event.dataTransfer; // empty once the event is over
  await take([...files], [...items].map(item => item.webkitGetAsEntry()).filter(Boolean));
};
const take = async (loose, entries) => {
  const input = document.querySelector(INPUT);
  if (!input) return;
  const files = new DataTransfer();
  (await dropped(loose, entries)).forEach(file => files.items.add(file));
  input.files = files.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
};
let early = { files: [], entries: [] }; // dropped before this script came: see first.js
const takeEarly = () => {
  if (!early.files.length || !document.querySelector(INPUT)) return;
  const { files, entries } = early;
  early = { files: [], entries: [] };
  setTimeout(take, 0, files, entries); // React has seen the uploader by then
};

// ------------------------------------------------------------------------------------------------ the way to a question

let room; // the one that is shown
const enter = () => { // another room begins at its top
  if (room !== undefined && data.room && room !== data.room) document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
  room = data.room;
};
const SETTLES_MS = 2000; // what stands above a question may come late, as parts of Streamlit do
let arrived = '', awaited = 0;
const settled = () => { document.documentElement.dataset.fnArrived = ''; };
const stay = () => { awaited = 0; }; // a person looks elsewhere
const arrive = () => { // at a new question, and there until all above it stands
  const turns = document.querySelector('.st-key-turns');
  if (turns && !turns.querySelector('[data-testid="stSkeleton"]')) settled();
  if (performance.now() > awaited) return;
  const latest = turns?.querySelector(`.st-key-question-${CSS.escape(arrived)}`)?.closest('[class*="st-key-turn-"]');
  if (!latest) return;
  heights.observe(turns);
  const isFirst = !latest.parentElement.previousElementSibling && !document.querySelector('.st-key-list');
  if (!isFirst) latest.scrollIntoView({ block: 'start' });
};
const heights = new ResizeObserver(() => arrive());
const asked = () => {
  if (arrived !== data.turn) [arrived, awaited] = [data.turn, performance.now() + SETTLES_MS];
  arrive();
};

let firstAsked;
const sight = new IntersectionObserver(entries => { // of the first question: while it is seen, the title need not repeat it
  document.documentElement.toggleAttribute('data-fn-title-said', entries.at(-1).isIntersecting);
}, { rootMargin: '-64px 0px 0px' });
const titled = () => {
  const bubble = document.querySelector('[class*="st-key-question-"] .fn-question'), title = document.querySelector('.fn-title');
  const repeats = bubble && title?.title === bubble.textContent ? bubble : null;
  if (repeats === firstAsked) return;
  firstAsked = repeats;
  sight.disconnect();
  if (repeats) sight.observe(repeats); else document.documentElement.removeAttribute('data-fn-title-said');
};

// What was found before the model wrote stands under the question, then at the foot, then among the sources: it goes there
// instead of jumping.
const STILL = matchMedia('(prefers-reduced-motion: reduce)');
let found = { as: '', top: 0 };
const follow = () => {
  const places = { foot: '.st-key-foot', quotes: '.st-key-quotes', sources: '.st-key-turns > :last-child [class*="st-key-answer-"] .fn-notes' };
  const [as, element] = Object.entries(places).map(([name, where]) => [name, document.querySelector(where)]).find(place => place[1]) ?? ['', null];
  const top = element?.getBoundingClientRect().top ?? 0, way = found.top - top;
  const goes = (found.as === 'quotes' && as === 'foot') || (found.as === 'foot' && as === 'sources');
  found = { as, top };
  if (goes && !STILL.matches) element.animate([{ transform: `translateY(${way}px)`, opacity: .3 }, { transform: 'none', opacity: 1 }], { duration: 320, easing: 'ease-out' });
};

// ------------------------------------------------------------------------------------------------ the library as a drawer

const NARROW = matchMedia('(max-width: 768px)'); // Streamlit's own: from here on it lies over the page
const PICKED = ':is([class*="st-key-conversation-"], [class*="st-key-open-"], .st-key-more) button:not(:disabled)';
const putAway = event => { // when something has been chosen in it that stands beside it, or at a tap there
  const drawer = document.querySelector('[data-testid="stSidebar"]');
  if (!NARROW.matches || !drawer || drawer.dataset.collapsed === 'true') return;
  const beside = !drawer.contains(event.target);
  if (beside && closest(event, '[data-testid="stApp"]') === null) return; // in a dialog
  if (!beside && !closest(event, PICKED)) return;
  if (beside) { event.preventDefault(); event.stopPropagation(); }
  const way = drawer.querySelector('[data-testid="stSidebarCollapseButton"]');
  (way?.querySelector('button') ?? way)?.click();
};

// ------------------------------------------------------------------------------------------------ what holds the keys

const REACHED = 'button:not(:disabled), a[href], input:not(:disabled), summary';
let held = null, around = []; // what held them last, and what it stood in
const focused = event => {
  held = event.target;
  around = [];
  for (let within = held.parentElement; within; within = within.parentElement) around.push(within);
};
const instead = () => { // of what is gone: what takes it back, what bears its name now, or what stands nearest
  const undo = document.querySelector('.st-key-undo button');
  if (undo && around.some(within => within.matches('[class*="st-key-doc-"], .st-key-chosen'))) return undo;
  const named = around.map(within => /st-key-[^ ]+/.exec(within.className)?.[0]).find(Boolean);
  const again = named && document.querySelector(`.${CSS.escape(named)}`)?.querySelector(REACHED);
  const near = around.find(within => within.isConnected && within.matches('[class*="st-key-"]'))?.querySelector(REACHED);
  return again || near || document.querySelector('[data-testid="stMain"]');
};
const lost = () => setTimeout(() => { // drawn anew or taken away, a button must not lose the keys to the page
  if (!held || document.activeElement !== document.body) return;
  const dialog = document.querySelector('[role="dialog"]'), stands = held.isConnected && !held.disabled;
  if (stands && !dialog) return; // a click beside everything
  const next = !dialog ? instead() : stands && dialog.contains(held) ? held : dialog.querySelector('button:not(:disabled)');
  next?.focus({ preventScroll: true });
}, 250);

// ------------------------------------------------------------------------------------------------ the connection

let lostSince = 0, wasConnected = false;
const connection = () => {
  const state = document.querySelector('[data-test-connection-state]')?.dataset.testConnectionState;
  const connected = state === 'CONNECTED';
  wasConnected ||= connected;
  if (!connected && wasConnected && !lostSince) {
    lostSince = Date.now();
    setTimeout(connection, OFFLINE_AFTER_MS);
  }
  const shown = document.querySelector('.fn-offline');
  if (connected) {
    lostSince = 0;
    document.documentElement.removeAttribute('data-fn-offline');
    if (shown) { shown.remove(); say(data.words.online); }
  } else if (lostSince && Date.now() - lostSince >= OFFLINE_AFTER_MS && !shown) {
    const notice = Object.assign(document.createElement('p'), { className: 'fn-offline', role: 'alert', textContent: data.words.offline });
    document.body.append(notice);
    document.documentElement.setAttribute('data-fn-offline', ''); // for the style sheet: `body:has()` is paid at every change
  }
};

// ------------------------------------------------------------------------------------------------ the beginning

let begun = false;
const begin = () => {
  begun = true;
  document.body.dataset.fnBegun = ''; // from here on, drops are taken
  early = window.footnoteHeld?.() ?? early;
  setTimeout(settled, SETTLES_MS);
  const written = change => change.target instanceof Element && change.target.closest('.fn-written');
  new MutationObserver(changes => {
    name();
    if (changes.every(written)) return; // words come: where what else stands is looked up only when that changes
    titled(); follow(); cards(); takeEarly(); arrive();
  }).observe(document.body, { childList: true, subtree: true });
  new MutationObserver(connection).observe(document.body, { attributes: true, subtree: true, attributeFilter: ['data-test-connection-state'] });
  const listeners = { click: copy, dragover: over, dragleave: leave, drop, focusin: focused, focusout: lost };
  Object.entries(listeners).forEach(([type, listener]) => document.addEventListener(type, listener, true));
  document.addEventListener('click', event => { if (closest(event, SIGN)) event.preventDefault(); }, true);
  document.addEventListener('click', skipTo, true);
  document.addEventListener('click', putAway, true);
  for (const type of ['wheel', 'touchmove', 'pointerdown', 'keydown']) document.addEventListener(type, stay, { capture: true, passive: true });
  document.addEventListener('footnote:say', event => say(event.detail));
};

export default function (call) {
  data = call.data;
  if (!begun) begin();
  live();
  if (data.language) set(document.documentElement, 'lang', data.language);
  name();
  titled();
  announce();
  connection();
  takeEarly();
  requestAnimationFrame(() => { enter(); asked(); });
}
