// The page viewer: which page, which words on it are marked, how large. It all happens in the browser, so that a click
// on a citation waits for nobody; the server is asked for pictures of pages, ahead of time where it can be.
// Streamlit loads this as a component and calls it again, with new data, whenever answers or documents change.
const CHIP = 'a[href^="#cite-"]';
const TYPING = 'input, textarea, select, [contenteditable="true"]';
const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4]; // 1 = as wide as the viewer
const WIDTHS = [1100, 1650]; // pixels a picture has: twice the usual column, and what zooming in asks for
const HELD = 12; // pictures of about 7 MB each once they are decoded

class Viewer {
  constructor(host) {
    this.host = host;
    this.room = Object.assign(document.createElement('section'), { className: 'fn-viewer', innerHTML: FRAME, hidden: true });
    this.drawer = Object.assign(document.createElement('dialog'), { className: 'fn-drawer' });
    host.append(this.room, this.drawer);
    const find = selector => this.room.querySelector(selector);
    this.scroll = find('.fn-scroll'); this.paper = find('.fn-paper'); this.trouble = find('.fn-error');
    this.number = find('.fn-tools input'); this.image = find('.fn-paper img'); this.body = find('.fn-body');
    this.narrow = matchMedia('(max-width: 900px)');
    this.zoom = 1; // of the page's width to the room's
    this.fit = 'read'; // how large a place is opened: so that its words can be read, until a person chooses otherwise
    this.held = new Map(); // address -> its picture, the one looked at last at the end
    this.listen();
    this.text = new TextLayer(this);
    this.find = new Find(this);
    this.contents = new Contents(this);
    this.divider = new Divider(this);
    this.hands = new Hands(this);
  }

  listen() {
    this.stopped = new AbortController();
    const on = (target, type, listener, more = {}) =>
      target.addEventListener(type, listener, { signal: this.stopped.signal, ...more });
    on(document, 'click', event => this.clicked(event), { capture: true });
    on(document, 'keydown', event => this.pressed(event), { capture: true });
    on(this.number, 'change', () => this.turnTo(parseInt(this.number.value, 10)));
    on(this.number, 'focus', () => this.number.select());
    on(this.drawer, 'close', () => this.host.prepend(this.room));
    on(this.drawer, 'click', event => { if (event.target === this.drawer) this.drawer.close(); });
    on(this.narrow, 'change', () => this.drawer.close());
    this.watch = new MutationObserver(() => this.markChips());
    this.watch.observe(document.body, { childList: true, subtree: true });
  }

  end() {
    this.stopped.abort();
    this.watch.disconnect();
    this.drawer.remove();
    this.room.remove();
  }

  // ---------------------------------------------------------------------------------------------- what there is

  update(data, setTriggerValue) {
    this.data = data;
    this.tell = setTriggerValue;
    this.sources = new Map(data.groups.flatMap(group =>
      group.map((source, index) => [source.anchor, { ...source, index, group }])));
    nameControls(this);
    if (data.open && data.open.serial !== this.serial) this.adopt(data.open);
    if (this.place && !data.documents[this.place.document]) this.place = null;
    this.place ??= data.open && { document: data.open.document, page: data.open.page, anchor: data.open.anchor };
    this.draw();
    this.fetchAhead();
  }

  adopt(open) { // what the server opened: at a person's wish, or because an answer has come
    this.serial = open.serial;
    const anew = open.turn !== this.turn;
    this.turn = open.turn;
    if (open.turn && !anew && this.chosen) return; // while it was being made, the person opened something else
    this.chosen = false;
    this.place = { document: open.document, page: open.page, anchor: open.anchor };
    this.revealed = '';
    if (open.drawer) this.openDrawer();
  }

  control(what) { return this.room.querySelector(`[data-do="${what}"]`); }

  picture(place, width = WIDTHS[0]) {
    const inline = this.data.pictures;
    if (inline) return inline[`${place.document}:${place.page}`] ?? '';
    return `page/${place.document}/${place.page}.jpg?width=${width}`;
  }

  async fetchAhead() { // the pages of the newest answer, one after the other, so that a click finds them here
    const places = new Map((this.data.groups.at(-1) ?? []).map(source => [`${source.document}:${source.page}`, source]));
    const key = [...places.keys()].join();
    if (this.data.pictures || this.ahead === key) return;
    this.ahead = key;
    for (const place of places.values()) {
      await this.load(this.picture(place), 'low').catch(() => {}); // what cannot be drawn says so when it is opened
      if (this.ahead !== key) return;
    }
    this.room.dataset.ahead = key;
  }

  async load(address, fetchPriority = 'auto') { // the few pictures looked at last stay decoded
    const image = this.held.get(address) ?? Object.assign(new Image(), { fetchPriority, src: address });
    this.held.delete(address);
    await image.decode();
    this.held.set(address, image);
    if (this.held.size > HELD) this.held.delete(this.held.keys().next().value);
    return image;
  }

  // ---------------------------------------------------------------------------------------------- where to look

  openSource(anchor, byPerson = true) {
    const source = this.sources.get(anchor);
    if (!source) { this.tell('cite', anchor); return; } // of an answer that is still being written: the server knows
    this.place = { document: source.document, page: source.page, anchor };
    this.chosen ||= byPerson;
    this.revealed = '';
    this.draw();
    if (byPerson) this.openDrawer();
    this.say(`${this.counted(source)}. ${this.pageLine()}`);
  }

  stepSource(by) {
    const here = this.sources.get(this.place?.anchor);
    const group = here?.group ?? this.data.groups.at(-1) ?? [];
    const next = group[here ? here.index + by : by > 0 ? 0 : group.length - 1];
    if (!next) return;
    const chip = document.activeElement?.closest(CHIP);
    this.openSource(next.anchor);
    if (chip) this.focusChip(chip, next.anchor);
  }

  focusChip(from, anchor) { // of the same kind, in the text or in the list, where there is one
    const chips = [...document.querySelectorAll(`a[href="#cite-${CSS.escape(anchor)}"]`)];
    (chips.find(chip => chip.classList.contains('fn-entry') === from.classList.contains('fn-entry')) ?? chips[0])?.focus();
  }

  turnTo(page, atEnd = false) {
    const about = this.place && this.data.documents[this.place.document];
    if (about && page >= 1 && page <= about.pages && page !== this.place.page) {
      this.place = { ...this.place, page };
      this.chosen = true;
      this.revealed = '';
      this.wantsEnd = atEnd;
      this.say(this.pageLine());
    }
    this.draw();
  }

  openDrawer() {
    if (!this.narrow.matches || this.drawer.open) return;
    this.drawer.append(this.room);
    this.drawer.showModal();
    this.scroll.focus({ preventScroll: true });
    this.revealed = '';
    requestAnimationFrame(() => this.reveal());
  }

  // ---------------------------------------------------------------------------------------------- drawing

  counted(source) {
    return filled(this.data.words.source, { number: source.index + 1, count: source.group.length });
  }

  pageLine() {
    const { words, documents } = this.data, about = documents[this.place.document];
    const label = about.labels[this.place.page];
    const line = filled(words.page, { page: this.place.page, pages: about.pages });
    return label ? `${line} · ${filled(words.printed, { label })}` : line;
  }

  draw() {
    this.room.hidden = !this.place;
    this.markChips();
    if (!this.place) return;
    const { document: id, page, anchor } = this.place, about = this.data.documents[id], source = this.sources.get(anchor);
    const name = this.room.querySelector('.fn-sheet b'), counter = this.room.querySelector('.fn-sources span');
    name.textContent = name.title = about.name;
    this.room.querySelector('.fn-sheet span').textContent = this.pageLine();
    const group = source?.group ?? this.data.groups.at(-1) ?? [];
    this.room.querySelector('.fn-sources').hidden = !group.length;
    counter.textContent = source ? this.counted(source) : filled(this.data.words.source_none, { count: group.length });
    this.control('source-back').disabled = !!source && source.index === 0;
    this.control('source-on').disabled = !!source && source.index === group.length - 1;
    this.number.value = page;
    this.control('page-back').disabled = page <= 1;
    this.control('page-on').disabled = page >= about.pages;
    this.control('zoom-fit').textContent = `${Math.round(this.zoom * 100)} %`;
    this.control('zoom-out').disabled = this.zoom <= ZOOMS[0];
    this.control('zoom-in').disabled = this.zoom >= ZOOMS.at(-1);
    this.control('open').hidden = this.control('save').hidden = !!this.data.pictures;
    this.control('open').href = `file/${id}.pdf#page=${page}`;
    this.control('save').href = `file/${id}.pdf?download`;
    this.paper.style.width = `${this.zoom * 100}%`;
    this.contents.draw();
    this.show();
  }

  async show() { // the picture and its marks change together, in one frame
    const place = this.place;
    const needed = this.scroll.clientWidth * this.zoom * devicePixelRatio;
    const width = WIDTHS.find(w => w * 1.1 >= needed) ?? WIDTHS.at(-1);
    const address = this.picture(place, width);
    if (!address) { this.ask(place); return; }
    this.wanted = address;
    const here = `${place.document}:${place.page}`;
    if (this.shown === here) this.settle(); // a sharper picture of the same page may take its time
    if (this.image.getAttribute('src') !== address) {
      this.scroll.ariaBusy = String(this.shown !== here);
      const next = await this.load(address).catch(() => null);
      if (this.wanted !== address || this.place !== place) return;
      if (!next) { await this.fail(address); return; }
      this.image.replaceWith(next);
      this.image = next;
    }
    this.shown = here;
    this.scroll.ariaBusy = 'false';
    this.asked = '';
    this.paper.hidden = false;
    this.trouble.hidden = true;
    this.settle();
  }

  settle() { // the picture stands: its marks, how large it is, what is in view, its words
    this.mark();
    this.fitPlace();
    this.reveal();
    if (this.data.pictures) return;
    this.text.draw(this.place);
    this.find.mark();
  }

  fitPlace() { // once for every place that is opened: as large as its words need to be read
    const key = `${this.place.document} ${this.place.anchor} ${this.drawer.open}`, width = this.scroll.clientWidth;
    const source = this.sources.get(this.place.anchor);
    if (this.fit !== 'read' || this.fitted === key || !width) return;
    this.fitted = key;
    const boxes = source?.page === this.place.page ? source.boxes : [];
    let zoom = 1;
    if (boxes.length) {
      zoom = readingZoom(boxes, width, this.image.naturalHeight / this.image.naturalWidth);
    }
    if (Math.abs(zoom - this.zoom) > 0.01) { this.zoom = zoom; this.draw(); }
  }

  ask(place) { // once: what cannot be drawn would be asked for again and again
    const wanted = `${place.document}:${place.page}`;
    this.trouble.hidden = this.asked !== wanted;
    this.paper.hidden = this.asked === wanted;
    this.trouble.textContent = this.data.words.no_picture;
    if (this.asked !== wanted) this.tell('wanted', wanted);
    this.asked = wanted;
  }

  async fail(address) { // the server says why, in a sentence
    const answer = await fetch(address).catch(() => null);
    const said = answer && !answer.ok ? (await answer.text()).trim() : '';
    if (this.wanted !== address) return;
    this.scroll.ariaBusy = 'false';
    this.paper.hidden = true;
    this.trouble.textContent = said || this.data.words.no_picture;
    this.trouble.hidden = false;
  }

  mark() {
    const source = this.sources.get(this.place.anchor);
    const here = source && source.document === this.place.document && source.page === this.place.page;
    const marks = (here ? source.boxes : []).map(([left, top, width, height]) => {
      const mark = Object.assign(document.createElement('i'), { className: 'fn-mark' });
      Object.assign(mark.style, { left: `${left * 100}%`, top: `${top * 100}%`, width: `${width * 100}%`, height: `${height * 100}%` });
      return mark;
    });
    this.paper.querySelectorAll('.fn-mark').forEach(old => old.remove());
    this.paper.append(...marks);
    const words = this.data.words, about = this.data.documents[this.place.document];
    const alt = filled(words.alt, { page: this.place.page, name: about.name });
    this.image.alt = here ? `${alt} ${filled(words.marked, { quote: source.quote })}` : alt;
  }

  reveal() { // the first marked line comes to the upper third, once for every place
    const key = `${this.place.anchor} ${this.place.page} ${this.zoom} ${this.drawer.open}`;
    if (this.revealed === key || !this.scroll.clientHeight) return;
    this.revealed = key;
    const marks = [...this.paper.querySelectorAll('.fn-mark')], end = this.wantsEnd ? this.scroll.scrollHeight : 0;
    this.wantsEnd = false;
    const left = Math.min(...marks.map(mark => mark.offsetLeft)); // where a line begins, if that leaves the first word in view
    if (marks.length) this.bringIntoView(marks[0], marks[0].offsetLeft - left < this.scroll.clientWidth * 0.8 ? left : undefined);
    else this.scroll.scrollTo(this.scroll.scrollLeft, end);
  }

  bringIntoView(mark, left = mark.offsetLeft) { // to the upper third, from its first word on
    const { clientWidth, clientHeight } = this.scroll, right = mark.offsetLeft + mark.offsetWidth;
    const sideways = right < clientWidth ? 0 : left - clientWidth / 40;
    this.scroll.scrollTo(sideways, mark.offsetTop - clientHeight / 3);
  }

  zoomTo(zoom, fit = '') {
    this.fit = fit;
    const { scrollLeft, scrollTop, clientWidth, clientHeight, scrollWidth, scrollHeight } = this.scroll;
    const centre = [(scrollLeft + clientWidth / 2) / scrollWidth, (scrollTop + clientHeight / 2) / scrollHeight];
    this.zoom = Math.min(ZOOMS.at(-1), Math.max(ZOOMS[0], zoom));
    const marked = this.paper.querySelector('.fn-mark');
    const stands = this.shown === `${this.place.document}:${this.place.page}`; // else its marks are still to come
    if (!marked && stands) this.revealed = `${this.place.anchor} ${this.place.page} ${this.zoom} ${this.drawer.open}`;
    this.draw();
    if (marked) return; // the marked line stays in view
    this.scroll.scrollLeft = centre[0] * this.scroll.scrollWidth - clientWidth / 2;
    this.scroll.scrollTop = centre[1] * this.scroll.scrollHeight - clientHeight / 2;
  }

  zoomBy(step) {
    const larger = ZOOMS.filter(z => z > this.zoom + 0.01), smaller = ZOOMS.filter(z => z < this.zoom - 0.01);
    this.zoomTo((step > 0 ? larger[0] : smaller.at(-1)) ?? this.zoom);
  }

  markChips() {
    const here = this.place ? `#cite-${this.place.anchor}` : '';
    document.querySelectorAll(CHIP).forEach(chip => {
      const pressed = String(chip.getAttribute('href') === here);
      if (chip.getAttribute('role') !== 'button') chip.setAttribute('role', 'button');
      if (chip.ariaPressed !== pressed) { chip.ariaPressed = pressed; chip.classList.toggle('fn-here', pressed === 'true'); }
    });
  }

  fitPage() { // all of it at once
    const { clientWidth, clientHeight } = this.scroll;
    this.zoomTo(clientHeight / (clientWidth * this.image.naturalHeight / this.image.naturalWidth));
  }

  say(text) { document.dispatchEvent(new CustomEvent('footnote:say', { detail: text })); }

  // ---------------------------------------------------------------------------------------------- hands

  clicked(event) {
    const target = event.target instanceof Element ? event.target : null;
    const chip = target?.closest(CHIP), control = this.room.contains(target) ? target.closest('button[data-do]') : null;
    if (chip) {
      event.preventDefault();
      event.stopPropagation();
      this.openSource(chip.getAttribute('href').slice('#cite-'.length));
    } else if (control) this.act(control.dataset.do);
  }

  act(what) {
    const actions = {
      'source-back': () => this.stepSource(-1), 'source-on': () => this.stepSource(1),
      'page-back': () => this.turnTo(this.place.page - 1), 'page-on': () => this.turnTo(this.place.page + 1),
      'zoom-out': () => this.zoomBy(-1), 'zoom-in': () => this.zoomBy(1), 'zoom-fit': () => this.zoomTo(1),
      'zoom-page': () => this.fitPage(), full: () => wholeScreen(this.room), contents: () => this.contents.toggle(),
      find: () => this.find.open(), 'find-close': () => this.find.close(),
      'find-back': () => this.find.step(-1), 'find-on': () => this.find.step(1),
      ask: () => this.text.ask(), quote: () => this.text.copyWithPlace(),
      close: () => this.drawer.close(),
    };
    const control = this.control(what), held = document.activeElement === control;
    actions[what]?.();
    if (held && control.disabled) this.scroll.focus({ preventScroll: true }); // a button that just went grey would lose the keys
  }

  pressed(event) {
    const target = event.target instanceof Element ? event.target : null;
    const chip = target?.closest(CHIP);
    if (chip && event.key === ' ') { // Enter clicks a link by itself; a button answers to Space as well
      event.preventDefault();
      this.openSource(chip.getAttribute('href').slice('#cite-'.length));
      return;
    }
    if (target === this.number && event.key === 'Enter') this.turnTo(parseInt(this.number.value, 10));
    if (!this.place || !(chip || this.room.contains(target))) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'f' && !this.data.pictures) {
      event.preventDefault();
      this.find.open();
      return;
    }
    if (target.matches(TYPING) || target === this.divider.bar || event.ctrlKey || event.altKey || event.metaKey) return;
    const turns = chip || !this.hasMore(event.key); // a page wider than the room is moved first
    const keys = {
      ArrowLeft: chip ? 'source-back' : turns && 'page-back', ArrowRight: chip ? 'source-on' : turns && 'page-on',
      '[': 'source-back', ']': 'source-on', PageUp: 'page-back', PageDown: 'page-on',
      '+': 'zoom-in', '=': 'zoom-in', '-': 'zoom-out', 0: 'zoom-fit', f: 'find',
    };
    const what = keys[event.key];
    if (!what) return;
    event.preventDefault();
    event.stopPropagation();
    if (!this.control(what).disabled) this.act(what);
  }

  hasMore(key) {
    const { scrollLeft, scrollWidth, clientWidth } = this.scroll;
    return key === 'ArrowLeft' ? scrollLeft > 1 : key === 'ArrowRight' && scrollLeft + clientWidth < scrollWidth - 1;
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  parentElement.viewer ??= new Viewer(parentElement);
  parentElement.viewer.update(data, setTriggerValue);
  return () => { parentElement.viewer?.end(); delete parentElement.viewer; };
}
