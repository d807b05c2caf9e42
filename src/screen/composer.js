// The browser's part of the question box: a counter near the limit, one's own words at once, the keys of the page.
// Streamlit calls it again with new data; listeners are set once.
const BOX = '[data-testid="stChatInputTextArea"]', SEND = '[data-testid="stChatInputSubmitButton"]';
const EDIT = '[class*="st-key-bare-edit-"] button';
const DRAWN = '[class*="st-key-question-"] .fn-question, .fn-queued';
const CHIP = 'a[href^="#cite-"]', TYPING = 'input, textarea, select, [contenteditable="true"], [role="listbox"], [role="slider"], [role="radiogroup"]';
const NEAR = 0.8; // of the limit: from here on it is counted
const GIVEN_UP_MS = 10000; // the server said nothing: the bubble would lie
let data = { words: {}, keys: [], limit: Infinity, last: '' }, tell = () => {}, begun = false, asked = 0;

const box = () => document.querySelector(BOX);
const closest = (event, selector) => event.target instanceof Element && event.target.closest(selector);
const shout = text => document.dispatchEvent(new CustomEvent('footnote:say', { detail: text }));

// ------------------------------------------------------------------------------------------------ how long it is

const count = () => {
  const area = box(), host = area?.closest('[data-testid="stChatInput"]');
  if (!host) return;
  const left = data.limit - area.value.trim().length;
  let line = host.parentElement.querySelector('.fn-counter');
  if (area.value.length < NEAR * data.limit) { line?.remove(); return; }
  if (!line) {
    line = Object.assign(document.createElement('p'), { className: 'fn-counter', id: 'fn-counter' });
    host.parentElement.append(line);
    area.setAttribute('aria-describedby', 'fn-counter');
  }
  const said = (left < 0 ? data.words.over : data.words.left ?? '').replace('{n}', Math.abs(left).toLocaleString(document.documentElement.lang));
  if (line.textContent !== said) line.textContent = said; // else this change would be heard of, and made again
  line.classList.toggle('fn-error', left < 0);
};

// ------------------------------------------------------------------------------------------------ what is being typed

const DRAFT = 'footnote-draft'; // of this tab: a page that is loaded again gives it back
const keep = text => { try { text ? sessionStorage.setItem(DRAFT, text) : sessionStorage.removeItem(DRAFT); } catch { /* then it is not kept */ } };
let kept = (() => { try { return sessionStorage.getItem(DRAFT) ?? ''; } catch { return ''; } })();
const giveBack = () => {
  const area = box();
  if (!kept || !area || area.disabled) return;
  const text = kept;
  kept = '';
  if (!area.value) write(text);
};

// ------------------------------------------------------------------------------------------------ on arrival

const HAS_A_KEYBOARD = matchMedia('(min-width: 901px) and (not (pointer: coarse))'); // else a keyboard on the screen would come up
let arrived = false;
const arrive = () => { // whoever comes to ask need not click first
  const area = box(), holds = document.activeElement;
  if (arrived || !area || area.disabled) return;
  if (document.querySelector('dialog[open], [role="dialog"]')) return;
  arrived = true;
  if (HAS_A_KEYBOARD.matches && (!holds || holds === document.body || holds.matches('[data-testid="stMain"]'))) area.focus({ preventScroll: true });
};

// ------------------------------------------------------------------------------------------------ where to look

const WHERE = 'footnote-where', MOST_KEPT = 50; // conversation -> [documents, section, pages], the latest last
const lookedIn = () => { try { return JSON.parse(localStorage.getItem(WHERE)) ?? {}; } catch { return {}; } };
let visit = '', untold = false;
const where = () => { // told to the server once a visit, then kept as it says
  if (visit !== data.visit) {
    visit = data.visit;
    untold = Object.keys(lookedIn()).length > 0;
    if (untold) tell('where', JSON.stringify(lookedIn()));
  }
  if (untold && !data.told) return;
  untold = false;
  const { [data.conversation]: before, new: _, ...others } = lookedIn();
  if (JSON.stringify(before) === JSON.stringify(data.where) || (!before && !data.where.some(each => each.length))) return;
  const kept = data.where.some(each => each.length) ? { ...others, [data.conversation]: data.where } : others;
  try { localStorage.setItem(WHERE, JSON.stringify(Object.fromEntries(Object.entries(kept).slice(-MOST_KEPT)))); } catch { /* then it is not kept */ }
};

// ------------------------------------------------------------------------------------------------ sending

let left = false; // whether the box let go of what the bubble says
let sent = { to: '', known: -1 }, held = ''; // how many questions the server knew of when one was sent; what is sent when it has that
const isUntaken = () => sent.to === data.conversation && data.known <= sent.known;
const sending = event => { // a question that is too long stays where it is; any other shows at once
  const area = box(), text = area?.value.trim() ?? '';
  if (!text || area.disabled) return;
  const stays = () => { event.preventDefault(); event.stopImmediatePropagation(); };
  if (text.length > data.limit) {
    stays();
    count();
    shout(document.querySelector('.fn-counter')?.textContent ?? '');
  } else if (isUntaken()) { // of two that it has not looked at a busy server keeps the newer
    stays();
    held = text;
  } else {
    keep('');
    sent = { to: data.conversation, known: data.known };
    bubble(text);
  }
};
const release = () => {
  if (!held || isUntaken()) return;
  const text = held;
  held = '';
  if (box()?.value.trim() === text) document.querySelector(SEND)?.click();
};
const forget = () => { // it was put back, or the server said nothing: the next one need not wait for it
  sent = { to: '', known: -1 };
  release();
};
const bubble = text => {
  const room = [...document.querySelectorAll('.fn-coming')].at(-1); // one more stands where a room was left, for a moment
  if (!room) return;
  const coming = Object.assign(document.createElement('p'), { className: 'fn-question', textContent: text, dir: 'auto' });
  room.replaceChildren(coming);
  document.body.classList.add('fn-asking');
  [left, asked] = [false, document.querySelectorAll(DRAWN).length];
  room.scrollIntoView({ block: 'nearest' });
  const [at, was] = [sent, coming];
  setTimeout(() => { settle(was); if (sent === at) forget(); }, GIVEN_UP_MS);
};
const settle = givenUp => { // the server has drawn it, or has put it back into the box
  const coming = document.querySelector('.fn-coming > *'), room = coming?.parentElement;
  if (!coming) { document.body.classList.remove('fn-asking'); return; }
  const text = box()?.value.trim() ?? '', back = left && text === coming.textContent;
  left ||= text !== coming.textContent;
  if (!back && givenUp !== coming && document.querySelectorAll(DRAWN).length <= asked) return;
  room.replaceChildren();
  document.body.classList.remove('fn-asking');
  if (!back) return;
  if (held && held !== text) write(`${text}\n${held}`);
  held = '';
  forget();
};

// ------------------------------------------------------------------------------------------------ names

const plainNames = () => document.querySelectorAll('[class*="st-key-pick-"] input').forEach(tick => { // Streamlit's are Markdown
  const said = (tick.ariaLabel ?? '').replace(/\\([!-/:-@[-`{-~])/g, '$1');
  if (said !== tick.ariaLabel) tick.ariaLabel = said;
});

const NAMING = '.st-key-naming-conversation, .st-key-naming-collection';
let naming = null;
const asksForName = () => { // what asks for a name has the keys, its former one selected
  const input = document.querySelector(NAMING)?.querySelector('input') ?? null;
  if (input === naming) return;
  naming = input;
  const elsewhere = document.activeElement !== document.body && !document.activeElement.closest('[data-testid="stSidebar"]');
  if (!input || elsewhere) return;
  input.focus();
  setTimeout(() => input.select(), 100); // its words come a moment later
};

// ------------------------------------------------------------------------------------------------ keys

const write = text => { // as if it had been typed: React hears of it
  const area = box();
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(area, text);
  area.dispatchEvent(new Event('input', { bubbles: true }));
  area.setSelectionRange(text.length, text.length);
};
const step = by => { // through the sources of the answer that is looked at, else of the newest
  const chips = [...document.querySelectorAll(`.fn-notes ${CHIP}`)];
  const here = chips.findIndex(chip => chip.classList.contains('fn-here'));
  const room = chips[here]?.closest('[class*="st-key-answer-"]') ?? [...document.querySelectorAll('[class*="st-key-answer-"]')].at(-1);
  const own = chips.filter(chip => chip.closest('[class*="st-key-answer-"]') === room), at = own.indexOf(chips[here]);
  const next = own[at < 0 ? (by > 0 ? 0 : own.length - 1) : at + by];
  next?.click();
  next?.focus();
};
const turn = by => {
  const control = document.querySelector(`.fn-viewer [data-do="${by < 0 ? 'page-back' : 'page-on'}"]`);
  if (control && !control.disabled) control.click();
};
const list = () => {
  document.querySelector('.fn-keys')?.remove();
  const dialog = Object.assign(document.createElement('dialog'), { className: 'fn-keys', ariaLabel: data.words.keys });
  const head = Object.assign(document.createElement('h2'), { textContent: data.words.keys });
  const close = Object.assign(document.createElement('button'), { type: 'button', textContent: '×', ariaLabel: data.words.close });
  const keys = document.createElement('dl');
  data.keys.forEach(([key, meaning]) => {
    const term = document.createElement('dt'), about = Object.assign(document.createElement('dd'), { textContent: meaning });
    key.split('  ').forEach(one => term.append(Object.assign(document.createElement('kbd'), { textContent: one })));
    keys.append(term, about);
  });
  dialog.append(close, head, keys);
  const back = document.activeElement;
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', event => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener('close', () => { dialog.remove(); back?.focus?.(); });
  document.body.append(dialog);
  dialog.showModal();
};
const pressed = event => {
  if (event.key === 'Escape') closest(event, NAMING)?.querySelector('[class*="st-key-not-"] button')?.click();
  const open = document.querySelector('[role="dialog"]');
  if (event.key === 'Escape' && open && event.target === document.body) { // its button was disabled in this moment
    open.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
    return;
  }
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const area = box();
  if (area && event.target === area) {
    if (event.key === 'Enter' && !event.shiftKey) sending(event);
    if (event.key === 'ArrowUp' && !area.value && data.last) { event.preventDefault(); write(data.last); }
    if (event.key === 'Escape') document.querySelector('[data-testid="stMain"]').focus({ preventScroll: true });
    return;
  }
  if (closest(event, TYPING) || document.querySelector('dialog[open], [role="dialog"]')) return;
  const inViewer = closest(event, '.fn-viewer'), onChip = closest(event, CHIP);
  const actions = {
    '/': () => area && !area.disabled && area.focus(), '?': list, '[': () => step(-1), ']': () => step(1),
    ArrowLeft: inViewer || onChip ? null : () => turn(-1), ArrowRight: inViewer || onChip ? null : () => turn(1),
  };
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
};
const clicked = event => {
  const line = closest(event, 'a[href^="#page-"]');
  if (line) {
    event.preventDefault();
    tell('goto', line.getAttribute('href').slice('#page-'.length));
  } else if (closest(event, SEND)) sending(event);
  else if (closest(event, EDIT)) box()?.focus({ preventScroll: true }); // its words come from the server, to be gone on with
};

export default function (call) {
  data = call.data;
  tell = call.setTriggerValue;
  if (!begun) {
    begun = true;
    document.addEventListener('keydown', pressed, true);
    document.addEventListener('click', clicked, true);
    document.addEventListener('input', event => { if (closest(event, BOX)) { count(); keep(event.target.value.trim() ? event.target.value : ''); } }, true);
    new MutationObserver(() => { count(); settle(); plainNames(); asksForName(); giveBack(); arrive(); follows(); }).observe(document.body, { childList: true, subtree: true });
  }
  count();
  settle();
  release();
  plainNames();
  giveBack();
  arrive();
  where();
  follows();
}
