// Finding words in the document: its own box, as the browser's search sees the page on the screen alone.
const TYPED_MS = 180; // a pause in typing

class Find {
  constructor(viewer) {
    this.viewer = viewer;
    const find = selector => viewer.room.querySelector(selector);
    this.bar = find('.fn-find'); this.box = find('.fn-find input'); this.count = find('.fn-find output');
    this.pages = []; // [page, how often], and `at`: which of all is shown
    const options = { signal: viewer.stopped.signal };
    this.box.addEventListener('input', () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.search(), TYPED_MS);
    }, options);
    this.bar.addEventListener('keydown', event => this.pressed(event), options);
  }

  get total() { return this.pages.reduce((sum, [, count]) => sum + count, 0); }

  get sought() { return this.bar.hidden ? '' : this.box.value.trim(); }

  open() {
    if (this.viewer.data.pictures) return;
    this.bar.hidden = false;
    this.viewer.room.classList.add('fn-finding');
    this.box.focus();
    this.box.select();
    this.search();
  }

  close() {
    const held = this.bar.contains(document.activeElement);
    this.bar.hidden = true;
    this.viewer.room.classList.remove('fn-finding');
    this.pages = [];
    this.mark();
    if (held) this.viewer.scroll.focus({ preventScroll: true });
  }

  async search() {
    const { document: id, page } = this.viewer.place, sought = this.sought, words = this.viewer.data.words;
    this.document = id;
    this.pages = [];
    if (!sought) { this.count.textContent = ''; this.mark(); return; }
    const told = await fetch(`find/${id}.json?q=${encodeURIComponent(sought)}`).then(a => a.ok ? a.json() : null).catch(() => null);
    if (this.sought !== sought || this.viewer.place?.document !== id) return;
    if (!told) { this.count.textContent = words.find_failed; this.mark(); return; }
    this.pages = told.pages;
    if (!this.total) { this.count.textContent = words.found_none; this.mark(); return; }
    const before = this.pages.filter(([number]) => number < page).reduce((sum, [, count]) => sum + count, 0);
    this.go(before < this.total ? before : 0); // the first from this page on
  }

  go(at) {
    this.at = (at + this.total) % this.total;
    this.count.textContent = filled(this.viewer.data.words.found, { number: this.at + 1, count: this.total });
    this.wantsReveal = true;
    const [page] = this.here();
    if (page !== this.viewer.place.page) this.viewer.turnTo(page);
    this.mark();
  }

  here() { // [page, which one of that page] of the place that is shown
    let left = this.at;
    for (const [page, count] of this.pages) {
      if (left < count) return [page, left];
      left -= count;
    }
    return [0, 0];
  }

  step(by) { if (this.total) this.go(this.at + by); }

  mark() { // on the pages in sight; those that are no longer lose their marks, which may be of another search
    const seen = [...this.viewer.pages.inSight].map(leaf => leaf.element);
    for (const before of this.viewer.scroll.querySelectorAll('.fn-found'))
      if (seen.some(element => element.contains(before))) before.classList.remove('fn-now'); else before.remove();
    if (this.viewer.place) for (const leaf of this.viewer.pages.inSight) this.markOn(leaf);
  }

  async markOn(leaf) {
    const { place } = this.viewer, sought = this.sought, clear = () => leaf.element.querySelectorAll('.fn-found').forEach(old => old.remove());
    if (!sought) { clear(); leaf.foundOf = ''; return; }
    if (place.document !== this.document) { clear(); if (leaf.number === place.page) this.search(); return; }
    if (!this.pages.some(([page]) => page === leaf.number)) { clear(); return; }
    const key = `${place.document}:${leaf.number}:${sought}`;
    if (leaf.foundOf !== key) {
      leaf.foundOf = key;
      leaf.found = null;
      const address = `page/${place.document}/${leaf.number}.json?find=${encodeURIComponent(sought)}`;
      const told = await fetch(address).then(a => a.ok ? a.json() : null).catch(() => null);
      if (leaf.foundOf !== key || this.sought !== sought) return;
      leaf.found = told?.found ?? [];
      if (!told) leaf.foundOf = '';
    }
    if (!leaf.found) return; // on their way
    const [page, index] = this.here(), isNow = nth => page === leaf.number && nth === index;
    clear();
    leaf.element.append(...leaf.found.flatMap((lines, nth) => lines.map(box => {
      const mark = Object.assign(document.createElement('i'), { className: isNow(nth) ? 'fn-found fn-now' : 'fn-found' });
      boxed(mark, box);
      return mark;
    })));
    const now = leaf.element.querySelector('.fn-now');
    if (now && this.wantsReveal) { this.wantsReveal = false; this.viewer.bringIntoView(now); }
  }

  pressed(event) {
    if (event.key === 'Enter' && event.target === this.box) this.step(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape') this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

