// The viewer's room: how wide it is, the whole screen, fingers, and the list of pages.
const SHARE = 'footnote-viewer-share', SHARES = [0.3, 0.7]; // of the width that conversation and viewer have together
const TURN_AFTER = 160; // pixels scrolled on after the end of the page
const LEGIBLE = [11, 13.5]; // pixels a marked line is high, so that it can be read: at least, and where its width has room
const WHOLE = 8.5; // at least, where the words that are cited then stand in the room to their end
const lineHeight = boxes => boxes.map(box => box[3]).sort((a, b) => a - b)[(boxes.length - 1) >> 1]; // of most of the lines: one small one is not what is read
const readingZoom = (boxes, width, ratio) => { // boxes in shares of a page that is `width` pixels wide at zoom 1
  const line = lineHeight(boxes) * width * ratio;
  const left = Math.min(...boxes.map(box => box[0])), wide = Math.max(...boxes.map(box => box[0] + box[2])) - left;
  const fits = 0.94 / wide, least = fits * line < WHOLE ? LEGIBLE[0] : WHOLE;
  const zoom = Math.max(least / line, Math.min(LEGIBLE[1] / line, fits));
  const begins = 0.78 / Math.max(0.01, boxes[0][0] - left); // so that the first word stands beside the lines' beginnings
  return Math.min(3, Math.max(1, begins * line < WHOLE ? zoom : Math.min(zoom, begins)));
};
const commonZoom = (boxes, others, width, ratio) => { // no larger than `others` on the page need, as long as it can be read: from one to the other little moves
  const own = readingZoom(boxes, width, ratio), least = LEGIBLE[0] / (lineHeight(boxes) * width * ratio);
  return Math.min(own, Math.max(least, Math.min(...others.map(each => readingZoom(each, width, ratio)))));
};
const kept = { // a browser may refuse to keep anything
  get: () => { try { return parseFloat(localStorage.getItem(SHARE)); } catch { return NaN; } },
  set: value => { try { localStorage.setItem(SHARE, value); } catch { /* then for this page alone */ } },
};

const wholeScreen = room => { // and back
  if (document.fullscreenElement) document.exitFullscreen(); else room.requestFullscreen().catch(() => {});
};

const steady = { // what is read stays where it is, though its lines break elsewhere: browsers lose it
  frames: 0,
  while(change) {
    const main = document.querySelector('[data-testid="stMain"]');
    if (!main) { change(); return; }
    if (!this.frames) {
      this.seen = [...main.querySelectorAll('[class*="st-key-room-"] [data-testid="stElementContainer"]')].find(e => e.getBoundingClientRect().top > 64);
      this.top = this.seen?.getBoundingClientRect().top;
      main.style.overflowAnchor = 'none';
    }
    const isHeld = this.frames > 0;
    this.frames = 20;
    change();
    if (!isHeld) this.hold(main);
  },
  hold(main) {
    if (this.seen?.isConnected) main.scrollTop += this.seen.getBoundingClientRect().top - this.top;
    if (--this.frames > 0) requestAnimationFrame(() => this.hold(main)); else main.style.overflowAnchor = '';
  },
};

class Divider {
  constructor(viewer) {
    this.viewer = viewer;
    this.bar = viewer.room.querySelector('.fn-divider');
    const options = { signal: viewer.stopped.signal };
    this.bar.addEventListener('pointerdown', event => { event.preventDefault(); this.bar.setPointerCapture(event.pointerId); this.bar.focus(); }, options);
    this.bar.addEventListener('pointermove', event => { if (this.bar.hasPointerCapture(event.pointerId)) this.dragged(event.clientX); }, options);
    this.bar.addEventListener('pointerup', () => viewer.draw(), options);
    this.bar.addEventListener('dblclick', () => { this.set(NaN); viewer.draw(); }, options);
    this.bar.addEventListener('keydown', event => this.pressed(event), options);
    this.set(kept.get(), change => change()); // nothing is read yet, and the page is on its way to the latest question
  }

  dragged(x) {
    const row = this.viewer.host.closest('[data-testid="stHorizontalBlock"]')?.getBoundingClientRect();
    if (row) this.set((row.right - x) / row.width);
  }

  set(share, during = change => steady.while(change)) { // NaN: as it is at first
    const root = document.documentElement.style, known = Number.isFinite(share);
    this.share = known ? Math.min(SHARES[1], Math.max(SHARES[0], share)) : 0.47;
    during(() => {
      document.documentElement.toggleAttribute('data-fn-share', known);
      if (known) root.setProperty('--fn-share', `${this.share * 100}%`);
    });
    kept.set(known ? this.share : '');
    this.bar.setAttribute('aria-valuenow', Math.round(this.share * 100));
  }

  pressed(event) {
    const by = { ArrowLeft: 0.03, ArrowRight: -0.03 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    this.set(this.share + by);
    this.viewer.draw();
  }
}

class Hands { // dragging the page with the mouse beside its words, two fingers, and scrolling on to the next page
  constructor(viewer) {
    this.viewer = viewer;
    this.beyond = 0;
    const { scroll } = viewer, options = { signal: viewer.stopped.signal };
    scroll.addEventListener('pointerdown', event => this.down(event), options);
    scroll.addEventListener('pointermove', event => this.moved(event), options);
    for (const end of ['pointerup', 'pointercancel']) scroll.addEventListener(end, () => { this.grip = null; }, options);
    for (const type of ['touchstart', 'touchmove']) scroll.addEventListener(type, event => this.pinched(event), { ...options, passive: false });
    scroll.addEventListener('wheel', event => this.wheeled(event), { ...options, passive: false });
  }

  down(event) {
    if (event.pointerType === 'touch' || event.button !== 0 || event.target.closest('.fn-layer span')) return;
    getSelection().removeAllRanges();
    const { scrollLeft, scrollTop, scrollWidth, scrollHeight, clientWidth, clientHeight } = this.viewer.scroll;
    const onBar = event.target === this.viewer.scroll && (event.offsetX > clientWidth || event.offsetY > clientHeight);
    if (onBar || (scrollWidth <= clientWidth && scrollHeight <= clientHeight)) return;
    this.grip = { x: event.clientX + scrollLeft, y: event.clientY + scrollTop };
    this.viewer.scroll.setPointerCapture(event.pointerId);
    event.preventDefault();
    this.viewer.scroll.focus({ preventScroll: true });
  }

  moved(event) {
    if (this.grip) this.viewer.scroll.scrollTo(this.grip.x - event.clientX, this.grip.y - event.clientY);
  }

  pinched(event) { // one finger scrolls by itself
    if (event.touches.length !== 2) return;
    event.preventDefault();
    const [a, b] = event.touches, apart = Math.max(1, Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY));
    if (event.type === 'touchstart') this.pinch = { apart, zoom: this.viewer.zoom };
    else if (this.pinch) this.larger(this.pinch.zoom * apart / this.pinch.apart, { x: (a.clientX + b.clientX) / 2, y: (a.clientY + b.clientY) / 2 });
  }

  larger(zoom, at) { // once a frame, however fast fingers are
    if (!this.wish) requestAnimationFrame(() => { const wish = this.wish; this.wish = null; this.viewer.zoomTo(wish.zoom, '', wish.at); });
    this.wish = { zoom, at };
  }

  wheeled(event) {
    if (event.ctrlKey) { // a pinch on a touch pad comes as a wheel with Ctrl
      event.preventDefault();
      this.larger((this.wish?.zoom ?? this.viewer.zoom) * Math.exp(-event.deltaY * 0.01), { x: event.clientX, y: event.clientY });
      return;
    }
    if (!this.viewer.pages.alone) return; // the pages stand below one another
    const { scrollTop, scrollHeight, clientHeight } = this.viewer.scroll, by = Math.sign(event.deltaY);
    const atEnd = by > 0 ? scrollTop + clientHeight >= scrollHeight - 1 : scrollTop <= 0;
    if (!by || !atEnd || this.viewer.scroll.ariaBusy === 'true') { this.beyond = 0; return; }
    this.beyond = Math.sign(this.beyond) === by ? this.beyond + event.deltaY : event.deltaY;
    if (Math.abs(this.beyond) < TURN_AFTER) return;
    this.beyond = 0;
    this.viewer.turnTo(this.viewer.place.page + by, by < 0);
  }
}

class Contents { // the file's bookmarks, and every page small
  constructor(viewer) {
    this.viewer = viewer;
    this.nav = viewer.room.querySelector('.fn-contents');
    this.nav.addEventListener('click', event => {
      const to = event.target.closest('[data-page]');
      if (to) viewer.turnTo(Number(to.dataset.page));
    }, { signal: viewer.stopped.signal });
  }

  toggle() {
    this.nav.hidden = !this.nav.hidden;
    this.draw();
    this.viewer.draw();
    if (!this.nav.hidden) this.reveal();
  }

  reveal() { // where the page stands: its bookmark, or the one before it; without bookmarks, its small picture
    const page = this.viewer.place?.page, bookmarks = [...this.nav.querySelectorAll('.fn-bookmark')];
    const before = bookmarks.filter(entry => Number(entry.dataset.page) <= page).at(-1);
    const here = bookmarks.length ? before : this.nav.querySelector(`.fn-thumb[data-page="${page}"]`);
    if (here) this.nav.scrollTop += here.getBoundingClientRect().top - this.nav.getBoundingClientRect().top - this.nav.clientHeight / 2;
  }

  async draw() {
    const { place, data } = this.viewer;
    this.viewer.control('contents').ariaExpanded = String(!this.nav.hidden);
    if (this.nav.hidden || !place) return;
    if (this.document !== place.document) {
      const id = this.document = place.document, about = data.documents[id];
      this.nav.replaceChildren();
      const told = await fetch(`contents/${id}.json`).then(a => a.ok ? a.json() : null).catch(() => null);
      if (this.document !== id) return;
      const entries = (told?.entries ?? []).map(([title, level, page]) => {
        const entry = this.link(page, 'fn-bookmark');
        entry.style.paddingInlineStart = `${Math.min(level, 5) * 0.7 - 0.3}rem`;
        entry.append(Object.assign(document.createElement('span'), { textContent: title, dir: 'auto' }), String(page));
        return entry;
      });
      const pages = Array.from({ length: about.pages }, (_, index) => {
        const link = this.link(index + 1, 'fn-thumb');
        link.ariaLabel = filled(data.words.page, { page: index + 1, pages: about.pages });
        const image = Object.assign(new Image(), { alt: '', loading: 'lazy', src: `page/${id}/${index + 1}.jpg?width=160` });
        link.append(image, String(index + 1));
        return link;
      });
      const grid = Object.assign(document.createElement('div'), { className: 'fn-thumbs' });
      grid.append(...pages);
      this.nav.replaceChildren(...entries, grid);
      this.reveal();
    }
    for (const link of this.nav.querySelectorAll('[data-page]')) {
      if (Number(link.dataset.page) === this.viewer.place.page) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
  }

  link(page, className) {
    const link = Object.assign(document.createElement('button'), { type: 'button', className });
    link.dataset.page = page;
    return link;
  }
}

