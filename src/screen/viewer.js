// The page viewer: which page, which words on it are marked, how large. It all happens in the browser, so that a click
// on a citation waits for nobody; the server is asked for pictures of pages, ahead of time where it can be.
// Streamlit loads this as a component and calls it again, with new data, whenever answers or documents change.
const CHIP = 'a[href^="#cite-"]';
const TYPING = 'input, textarea, select, [contenteditable="true"]';
const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4]; // 1 = as wide as the viewer
const MARGIN = 0.07; // of a page's width, on which no words stand: not shown where the page is wider than the viewer
const NEARLY = 0.85; // of the size in which a place is opened: as large as that, it stays where it is in sight already
const DRAWER = 'footnote-drawer'; // the step in the browser's history that Back takes back

class Viewer {
  constructor(host) {
    this.host = host;
    this.room = Object.assign(document.createElement('section'), { className: 'fn-viewer', innerHTML: FRAME, hidden: true });
    this.drawer = Object.assign(document.createElement('dialog'), { className: 'fn-drawer' });
    host.append(this.room, this.drawer);
    const find = selector => this.room.querySelector(selector);
    this.scroll = find('.fn-scroll'); this.number = find('.fn-tools input'); this.body = find('.fn-body');
    this.narrow = matchMedia('(max-width: 900px)');
    this.zoom = 1; // of the page's width to the room's
    this.fit = 'read'; // how large a place is opened: so that its words can be read, until a person chooses otherwise
    this.listen();
    this.pages = new Pages(this);
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
    on(this.drawer, 'close', () => this.drawerClosed());
    on(window, 'hashchange', () => this.followed());
    on(window, 'popstate', () => { if (this.drawer.open && history.state?.[DRAWER] === undefined) this.drawer.close(); });
    on(this.drawer, 'click', event => { if (event.target === this.drawer) this.drawer.close(); });
    on(document, 'fullscreenchange', () => requestAnimationFrame(() => this.refit()));
    on(this.narrow, 'change', () => this.drawer.close());
    this.watch = new MutationObserver(() => this.markChips());
    this.watch.observe(document.body, { childList: true, subtree: true });
  }

  end() {
    this.stopped.abort();
    this.watch.disconnect();
    this.pages.end();
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
    this.goesOn = !anew && this.place?.document === open.document;
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
      await this.pages.load(this.picture(place), 'low').catch(() => {}); // what cannot be drawn says so when it is opened
      if (this.ahead !== key) return;
    }
    this.room.dataset.ahead = key;
  }

  // ---------------------------------------------------------------------------------------------- where to look

  openSource(anchor, byPerson = true) {
    this.goesOn = false;
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
      const leaf = this.pages.at(page);
      if (leaf?.failed) leaf.clear(); // asked for once more
      this.say(this.pageLine());
    }
    this.draw();
  }

  passed(page) { // a person scrolled there
    this.place = { ...this.place, page };
    this.chosen = true;
    this.revealed = this.placeKey;
    this.pages.mark();
    this.drawHead();
    this.contents.draw();
  }

  openDrawer() {
    if (!this.narrow.matches || this.drawer.open) return;
    this.drawer.append(this.room);
    this.drawer.showModal();
    history.pushState({ ...history.state, [DRAWER]: true }, '', `${location.pathname}${location.search}#page`);
    this.scroll.focus({ preventScroll: true });
    this.revealed = '';
    requestAnimationFrame(() => this.draw());
  }

  drawerClosed() {
    this.host.prepend(this.room);
    if (history.state?.[DRAWER]) history.back();
  }

  // ---------------------------------------------------------------------------------------------- drawing

  counted(source, count = source.group.length) {
    if (!source && count === 1) return this.data.words.source_one;
    return source ? filled(this.data.words.source, { number: source.index + 1, count }) : filled(this.data.words.source_none, { count });
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
    this.pages.lay();
    this.mark();
    this.fitPlace();
    this.drawHead();
    this.contents.draw();
    this.reveal();
    this.pages.fill();
  }

  drawHead() {
    const { document: id, page, anchor } = this.place, about = this.data.documents[id], source = this.sources.get(anchor);
    const name = this.room.querySelector('.fn-sheet b'), counter = this.room.querySelector('.fn-sources span');
    name.textContent = name.title = about.name;
    this.room.querySelector('.fn-sheet span').textContent = this.pageLine();
    const group = source?.group ?? this.data.groups.at(-1) ?? [];
    this.room.querySelector('.fn-sources').hidden = !group.length;
    counter.textContent = this.counted(source ?? null, group.length);
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
  }

  get isWhole() { return document.fullscreenElement === this.room; }

  refit() { // the whole screen is wider than the room was, and a page as many times as wide would be of giant letters
    this.fit = 'read';
    this.draw();
  }

  fitPlace() { // once for every place that is opened: as large as its words need to be read
    const key = `${this.place.document} ${this.place.anchor} ${this.drawer.open} ${this.isWhole}`, width = this.scroll.clientWidth;
    const source = this.sources.get(this.place.anchor);
    if (this.fit !== 'read' || this.fitted === key || !width || this.pages.unseen) return;
    this.fitted = key;
    const boxes = source?.page === this.place.page ? source.boxes : [];
    const others = boxes.length ? source.group.filter(each => each.page === source.page && each.document === source.document && each.boxes.length) : [];
    const zoom = boxes.length ? commonZoom(boxes, others.map(each => each.boxes), width, this.pages.here.ratio) : 1;
    const stays = this.goesOn && this.zoom >= zoom * NEARLY && this.shows(boxes);
    this.goesOn = false;
    if (stays) { this.revealed = this.placeKey; return; }
    this.zoom = zoom;
    this.pages.lay();
  }

  shows(boxes) { // whether they are in sight to their ends
    const { scrollTop, scrollLeft, clientWidth, clientHeight } = this.scroll;
    const { offsetTop, offsetLeft, offsetWidth, offsetHeight } = this.pages.here.element;
    const within = (from, to, start, room) => from >= start && to <= start + room;
    return boxes.length > 0 && boxes.every(([x, y, width, height]) =>
      within(offsetLeft + x * offsetWidth, offsetLeft + (x + width) * offsetWidth, scrollLeft, clientWidth)
      && within(offsetTop + y * offsetHeight, offsetTop + (y + height) * offsetHeight, scrollTop, clientHeight));
  }

  ask(place) { // once: what cannot be drawn would be asked for again and again
    const wanted = `${place.document}:${place.page}`, leaf = this.pages.at(place.page);
    if (this.asked === wanted) leaf?.complain(this.data.words.no_picture, true);
    else this.tell('wanted', wanted);
    this.asked = wanted;
  }

  mark() { // the words that the citation names, on their page
    const source = this.sources.get(this.place.anchor);
    const there = source?.document === this.place.document ? this.pages.at(source.page) : null;
    const key = there ? `${source.anchor} ${source.boxes}` : '', old = [...this.pages.column.querySelectorAll('.fn-mark')];
    if (there && this.marked === key && old.length === source.boxes.length && (!old.length || old[0].parentElement === there.element)) return;
    this.marked = key;
    old.forEach(mark => mark.remove());
    if (there) there.element.append(...source.boxes.map(box => {
      const mark = Object.assign(document.createElement('i'), { className: 'fn-mark' });
      boxed(mark, box);
      return mark;
    }));
  }

  alter(leaf) { // what a picture is called
    if (!leaf.image || !this.place) return;
    const source = this.sources.get(this.place.anchor), words = this.data.words, name = this.data.documents[this.place.document].name;
    const isCited = source?.document === this.place.document && source.page === leaf.number;
    const alt = filled(words.alt, { page: leaf.number, name });
    leaf.image.alt = isCited ? `${alt} ${filled(words.marked, { quote: source.quote })}` : alt;
  }

  get placeKey() { return `${this.place.document} ${this.place.anchor} ${this.place.page} ${this.zoom} ${this.drawer.open} ${this.isWhole}`; }

  reveal() { // the first marked line comes to the upper third, once for every place
    if (this.revealed === this.placeKey || !this.scroll.clientHeight || this.pages.unseen) return;
    this.revealed = this.placeKey;
    const leaf = this.pages.here, marks = [...leaf.element.querySelectorAll('.fn-mark')];
    const left = Math.min(...marks.map(mark => mark.offsetLeft)), right = Math.max(...marks.map(mark => mark.offsetLeft + mark.offsetWidth));
    const room = this.scroll.clientWidth, hasAll = right - left <= room || marks[0]?.offsetLeft - left < room * 0.8;
    if (marks.length) this.bringIntoView(marks[0], hasAll ? left : undefined); // where a line begins, if that leaves the first word in view
    else {
      const { offsetTop, offsetHeight } = leaf.element, end = offsetTop + offsetHeight - this.scroll.clientHeight;
      this.pages.scrollTo(this.scroll.scrollLeft, this.wantsEnd ? Math.max(offsetTop, end) : offsetTop);
    }
    this.wantsEnd = false;
  }

  bringIntoView(mark, left = mark.offsetLeft) { // to the upper third, from its first word on
    const { clientWidth, clientHeight } = this.scroll, leaf = mark.parentElement, right = leaf.offsetLeft + mark.offsetLeft + mark.offsetWidth;
    const line = leaf.offsetLeft + left - clientWidth / 40, margin = leaf.offsetWidth * MARGIN;
    const sideways = leaf.offsetWidth <= clientWidth ? 0 : right < clientWidth + margin ? Math.min(margin, line) : line;
    this.pages.scrollTo(sideways, leaf.offsetTop + mark.offsetTop - clientHeight / 3);
  }

  zoomTo(zoom, fit = '', at = null) { // `at`: the point of the room that stays where it is
    this.fit = fit;
    const { clientWidth, clientHeight } = this.scroll, room = this.scroll.getBoundingClientRect();
    const first = this.pages.column.querySelector('.fn-mark'), seen = first?.getBoundingClientRect();
    const isToCome = this.revealed !== this.placeKey; // what was opened a moment ago
    const keepsMark = !at && seen && (isToCome || (seen.bottom > room.top && seen.top < room.bottom)); // the marked line stays in view
    const anchor = this.pages.anchorAt(at ? at.x - room.left : clientWidth / 2, at ? at.y - room.top : clientHeight / 2);
    this.zoom = Math.min(ZOOMS.at(-1), Math.max(ZOOMS[0], zoom));
    if (keepsMark && this.sources.get(this.place.anchor)?.page !== this.place.page) this.place = { ...this.place, page: this.sources.get(this.place.anchor).page };
    if (!keepsMark) this.revealed = this.placeKey;
    this.pages.lay();
    if (!keepsMark) this.pages.restore(anchor);
    this.draw();
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
    const { clientWidth, clientHeight } = this.scroll, page = this.place.page;
    this.zoomTo(clientHeight / (clientWidth * this.pages.here.ratio));
    this.place = { ...this.place, page };
    this.revealed = this.placeKey;
    this.draw();
    this.pages.scrollTo(0, this.pages.here.element.offsetTop);
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

  followed() { // a point of a chart is a link that cannot be caught: its fragment came into the address, and leaves it
    if (!location.hash.startsWith('#cite-')) return;
    const anchor = decodeURIComponent(location.hash.slice('#cite-'.length));
    addEventListener('popstate', () => this.openSource(anchor), { once: true, signal: this.stopped.signal });
    history.back();
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
  window.footnoteFollow = key => setTriggerValue('follow', key); // there is a first quote to open (running.js)
  return () => { parentElement.viewer?.end(); delete parentElement.viewer; };
}
