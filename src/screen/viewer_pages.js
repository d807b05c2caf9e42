// The document's pages one below the other, as the shapes that were read tell; drawn are those in sight and their
// neighbours, and of a page too large for one picture the tiles in sight.
const WIDTHS = [1100, 1650]; // pixels a picture has: twice the usual column, and what zooming in asks for
const TILED = [2200, 3300, 4400], TILE = 1100; // widths of pages that come in tiles, and a tile's side; as file_routes.py has them
const SHARP = 1.1; // times the pixels a picture has, and it still looks sharp
const HELD = 12; // pictures of about 7 MB each once they are decoded
const TILES_AT_MOST = 24; // of about 5 MB each
const FILL_MS = 90; // between two looks at what is in sight while it is scrolled
const A4 = 1.4142; // height over width, until a page's own is known

class Leaf { // one page
  constructor(number) {
    this.number = number;
    this.ratio = A4;
    this.element = Object.assign(document.createElement('div'), { className: 'fn-leaf' });
    this.layer = Object.assign(document.createElement('div'), { className: 'fn-layer' });
    this.element.append(this.layer);
    this.words = [];
    this.tiles = new Map(); // address -> its picture
  }

  shape(ratio) {
    if (ratio === this.given) return;
    this.given = this.ratio = ratio;
    this.element.style.aspectRatio = `1 / ${ratio}`;
  }

  put(image) {
    if (this.image === image) return;
    if (this.image) this.image.replaceWith(image); else this.element.prepend(image);
    this.image = image;
    this.trouble?.remove();
    this.trouble = null;
  }

  complain(text, isHere) { // in the page's place; heard where it is the one that is looked at
    if (!this.trouble) {
      this.trouble = Object.assign(document.createElement('p'), { className: 'fn-note fn-error' });
      this.element.append(this.trouble);
    }
    this.trouble.textContent = text;
    if (isHere) this.trouble.role = 'alert'; else this.trouble.removeAttribute('role');
  }

  clear() { // out of sight
    this.image?.remove();
    this.tiles.forEach(tile => tile.remove());
    this.tiles.clear();
    this.layer.replaceChildren();
    this.element.querySelectorAll('.fn-found').forEach(old => old.remove());
    this.image = null;
    this.address = this.wordsOf = this.foundOf = '';
    this.words = [];
    this.failed = false;
  }
}

class Pages {
  constructor(viewer) {
    this.viewer = viewer;
    this.scroll = viewer.scroll;
    this.column = viewer.room.querySelector('.fn-pages');
    this.leaves = [];
    this.held = new Map(); // address -> its picture, the one looked at last at the end
    this.scroll.addEventListener('scroll', () => this.scrolled(), { signal: viewer.stopped.signal });
    this.sizes = new ResizeObserver(() => this.resized());
    this.sizes.observe(this.scroll);
  }

  end() {
    this.sizes.disconnect();
    clearTimeout(this.timer);
  }

  get alone() { return !!this.viewer.data.pictures; } // then one page at a time, as it was sent

  get unseen() { return this.viewer.narrow.matches && !this.viewer.drawer.open; }

  at(page) { return this.leaves.find(leaf => leaf.number === page); }

  get here() { return this.viewer.place ? this.at(this.viewer.place.page) : undefined; } // a picture may come when its document is gone

  // ---------------------------------------------------------------------------------------------- layout

  lay() { // the leaves of the document that is shown, as large as the zoom says
    const { place, data, zoom } = this.viewer, about = data.documents[place.document];
    const key = this.alone ? `${place.document}:${place.page}` : `${place.document}:${about.pages}`;
    place.page = Math.min(place.page, about.pages);
    if (this.laid !== key) {
      const before = this.document === place.document && !this.alone ? this.leaves : [];
      const numbers = this.alone ? [place.page] : Array.from({ length: about.pages }, (_, index) => index + 1);
      this.leaves = numbers.map(number => before[number - 1] ?? new Leaf(number));
      this.column.replaceChildren(...this.leaves.map(leaf => leaf.element));
      if (!before.length) this.asked = '';
      this.laid = key;
      this.document = place.document;
    }
    const shapes = about.shapes ?? [];
    let next = 0, ratio = shapes[0]?.[1];
    for (const leaf of this.leaves) {
      while (next < shapes.length && shapes[next][0] <= leaf.number) ratio = shapes[next++][1];
      if (ratio) leaf.shape(ratio);
    }
    this.column.style.width = `${zoom * 100}%`;
    this.mark();
  }

  mark() { // which of them is the one that is spoken of
    for (const leaf of this.leaves) {
      const is = leaf.number === this.viewer.place.page;
      if (leaf.element.classList.contains('fn-paper') !== is) leaf.element.classList.toggle('fn-paper', is);
      if (!is) leaf.trouble?.removeAttribute('role');
    }
  }

  leafAt(y) { // the one at `y` pixels from the top of all, or the nearest
    let low = 0, high = this.leaves.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.leaves[middle].element.offsetTop <= y) low = middle; else high = middle - 1;
    }
    return this.leaves[low];
  }

  between(top, bottom) { // the leaves from `top` to `bottom`
    if (this.unseen || !this.scroll.clientHeight) return [this.here].filter(Boolean);
    const first = this.leafAt(top), last = this.leafAt(bottom);
    return first ? this.leaves.slice(this.leaves.indexOf(first), this.leaves.indexOf(last) + 1) : [];
  }

  get inSight() {
    const { scrollTop, clientHeight } = this.scroll;
    return this.between(scrollTop, scrollTop + clientHeight);
  }

  anchorAt(x, y) { // what stands at a point of the room: the page, and where on it
    const leaf = this.leafAt(this.scroll.scrollTop + y);
    if (!leaf) return null;
    const { offsetTop, offsetLeft, offsetHeight, offsetWidth } = leaf.element;
    return { leaf, x, y, down: (this.scroll.scrollTop + y - offsetTop) / (offsetHeight || 1),
      across: (this.scroll.scrollLeft + x - offsetLeft) / (offsetWidth || 1) };
  }

  restore(anchor) { // to the same point of the room
    if (!anchor) return;
    const { offsetTop, offsetLeft, offsetHeight, offsetWidth } = anchor.leaf.element;
    this.scrollTo(offsetLeft + anchor.across * offsetWidth - anchor.x, offsetTop + anchor.down * offsetHeight - anchor.y);
  }

  scrollTo(left, top) { // by the viewer, not by a person: the page that is spoken of stays
    this.scroll.scrollTo(left, top);
    this.aimed = this.scroll.scrollTop;
    this.remember();
    this.fillSoon(0);
  }

  remember() {
    this.kept = this.anchorAt(this.scroll.clientWidth / 2, this.scroll.clientHeight / 3);
    this.keptIn = this.scroll.clientWidth;
  }

  resized() {
    if (!this.viewer.place || this.alone || this.unseen || !this.scroll.clientHeight) return;
    if (this.kept && this.leaves.includes(this.kept.leaf)) this.restore({ ...this.kept, x: this.scroll.clientWidth / 2 });
    else this.remember();
    if (this.viewer.fitted) this.fillSoon(); else this.viewer.draw(); // it had no size before
  }

  // ---------------------------------------------------------------------------------------------- scrolling

  scrolled() {
    const { scrollTop, clientHeight, clientWidth, scrollHeight } = this.scroll;
    this.fillSoon();
    if (!this.viewer.place || this.alone || this.unseen || !clientHeight) return;
    if (this.kept && this.keptIn !== clientWidth) return; // pages that became smaller pushed it; `resized` takes it back
    if (Math.abs(scrollTop - (this.aimed ?? -9)) < 2) return;
    this.aimed = undefined;
    this.remember();
    const isEnd = scrollTop + clientHeight >= scrollHeight - 2;
    const leaf = scrollTop < 2 ? this.leaves[0] : isEnd ? this.leaves.at(-1) : this.leafAt(scrollTop + clientHeight / 2);
    if (leaf && leaf.number !== this.viewer.place.page) this.viewer.passed(leaf.number);
  }

  fillSoon(ms = FILL_MS) {
    if (ms) { this.timer ??= setTimeout(() => this.fill(), ms); return; }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fill(), 0);
  }

  // ---------------------------------------------------------------------------------------------- pictures

  fill() { // what is in sight first, then a room's height above and below; what is farther is given back
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.viewer.place || this.document !== this.viewer.place.document) return;
    const { scrollTop, clientHeight } = this.scroll, seen = this.inSight;
    const near = new Set([this.here, ...seen, ...this.between(scrollTop - clientHeight, scrollTop + 2 * clientHeight)]);
    near.delete(undefined);
    for (const leaf of this.leaves) if (leaf.address && !near.has(leaf)) leaf.clear();
    for (const leaf of near) this.draw(leaf);
    this.tellBusy();
    if (this.alone) return;
    for (const leaf of seen) { this.viewer.text.draw(leaf); this.viewer.find.markOn(leaf); }
    for (const leaf of near) this.tile(leaf, seen.includes(leaf));
  }

  get needed() { return this.scroll.clientWidth * this.viewer.zoom * devicePixelRatio; } // pixels for a page's width

  async draw(leaf) {
    const { viewer } = this, width = WIDTHS.find(each => each * SHARP >= this.needed) ?? WIDTHS.at(-1);
    const place = { document: viewer.place.document, page: leaf.number }, address = viewer.picture(place, width);
    if (!address) { viewer.ask(place); return; }
    const isHere = () => viewer.place?.document === place.document && viewer.place.page === leaf.number;
    viewer.alter(leaf);
    if (leaf.address === address && !(leaf.failed && isHere() && !leaf.trouble?.role)) return;
    leaf.address = address;
    if (!leaf.image) { // a smaller one that is here already, until the right one comes
      const held = WIDTHS.map(each => this.held.get(viewer.picture(place, each))).find(image => image?.complete && image.naturalWidth);
      if (held) leaf.put(held);
    }
    const image = await this.load(address, isHere() ? 'high' : 'low').catch(() => null);
    if (leaf.address !== address) return;
    leaf.failed = !image;
    if (image) {
      leaf.put(image);
      if (!leaf.given) leaf.shape(image.naturalHeight / image.naturalWidth);
    } else if (!leaf.image) leaf.complain(await this.reason(address, isHere()), isHere());
    this.tellBusy();
    viewer.alter(leaf);
    if (image && !this.alone) this.tile(leaf, this.inSight.includes(leaf));
  }

  tellBusy() { this.scroll.ariaBusy = String(!!this.here && !this.here.image && !this.here.trouble); }

  async reason(address, isHere) { // the server says why, in a sentence
    const answer = isHere && await fetch(address).catch(() => null);
    const said = answer && !answer.ok ? (await answer.text()).trim() : '';
    return said || this.viewer.data.words.no_picture;
  }

  async load(address, fetchPriority = 'auto') { // the few pictures looked at last stay decoded
    const image = this.held.get(address) ?? Object.assign(new Image(), { fetchPriority, src: address });
    this.held.delete(address);
    await image.decode();
    this.held.set(address, image);
    if (this.held.size > HELD) this.held.delete(this.held.keys().next().value);
    return image;
  }

  tile(leaf, isSeen) { // over the picture, where it would be blurred: the tiles in sight
    const drawn = leaf.image?.naturalWidth ?? 0, wanted = new Map();
    const width = TILED.find(each => each * SHARP >= this.needed) ?? TILED.at(-1), height = Math.floor(width * leaf.ratio);
    if (isSeen && drawn && this.needed > Math.max(drawn, WIDTHS.at(-1) * 0.9) * SHARP && height < 20 * TILE) {
      const { offsetTop, offsetLeft, offsetWidth } = leaf.element, { scrollTop, scrollLeft, clientHeight, clientWidth } = this.scroll;
      const scale = width / offsetWidth, cut = (value, most) => Math.min(Math.max(0, value), most - 1);
      const [left, right] = [scrollLeft - offsetLeft, scrollLeft - offsetLeft + clientWidth].map(x => Math.floor(cut(x * scale, width) / TILE));
      const [top, bottom] = [scrollTop - offsetTop, scrollTop - offsetTop + clientHeight].map(y => Math.floor(cut(y * scale, height) / TILE));
      for (let row = top; row <= bottom; row++) for (let column = left; column <= right && wanted.size < TILES_AT_MOST; column++) {
        const address = `${this.viewer.picture({ document: this.document, page: leaf.number }, width)}&tile=${column}.${row}`;
        wanted.set(address, [column * TILE / width, row * TILE / height, Math.min(TILE, width - column * TILE) / width, Math.min(TILE, height - row * TILE) / height]);
      }
    }
    leaf.tiles.forEach((image, address) => { if (!wanted.has(address)) { image.remove(); leaf.tiles.delete(address); } });
    wanted.forEach((box, address) => {
      if (leaf.tiles.has(address)) return;
      const image = Object.assign(new Image(), { className: 'fn-tile', alt: '', decoding: 'async', src: address });
      image.addEventListener('error', () => image.remove()); // the picture beneath is still there
      boxed(image, box);
      leaf.tiles.set(address, image);
      leaf.layer.before(image);
    });
  }
}

