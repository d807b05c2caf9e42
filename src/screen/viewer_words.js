// The words of a page laid over its picture, so that they can be selected: from what was read, in reading order.
const QUOTED_AT_MOST = 600; // characters of what is put into the question box
const PEN = document.createElement('canvas').getContext('2d');
const boxed = (element, [left, top, width, height]) => Object.assign(element.style,
  { left: `${left * 100}%`, top: `${top * 100}%`, width: `${width * 100}%`, height: `${height * 100}%` });

class TextLayer {
  constructor(viewer) {
    this.viewer = viewer;
    this.offer = viewer.room.querySelector('.fn-offer');
    this.kept = new Map(); // address -> its words
    const options = { signal: viewer.stopped.signal };
    document.addEventListener('selectionchange', () => this.selected(), options);
    viewer.scroll.addEventListener('scroll', () => this.selected(), options);
    viewer.room.addEventListener('copy', event => this.copied(event), options);
    this.offer.addEventListener('pointerdown', event => event.preventDefault(), options); // the selection stays
  }

  async draw(leaf) {
    const { viewer } = this, place = viewer.place, address = `page/${place.document}/${leaf.number}.json`;
    if (leaf.wordsOf === address) return;
    leaf.wordsOf = address;
    const told = this.kept.get(address) ?? await fetch(address).then(a => a.ok ? a.json() : null).catch(() => null);
    if (leaf.wordsOf !== address || !told) return; // a page without its words is still a page
    this.kept.set(address, told);
    if (this.kept.size > 20) this.kept.delete(this.kept.keys().next().value);
    leaf.words = told.words;
    PEN.font = `100px ${getComputedStyle(leaf.layer).fontFamily}`;
    leaf.layer.replaceChildren(...told.words.map(([text, box], index) => {
      const word = Object.assign(document.createElement('span'), { textContent: `${text} ` });
      const natural = PEN.measureText(`${text} `).width / 100 * box[3] * told.ratio; // in shares of the page's width
      boxed(word, box);
      word.style.fontSize = `${box[3] * 100}cqh`;
      if (natural > 0) Object.assign(word.style, { width: `${natural * 100}%`, transform: `scaleX(${box[2] / natural})` });
      word.dataset.index = index;
      return word;
    }));
    if (leaf.number === viewer.place?.page) viewer.room.dataset.words = `${place.document}:${leaf.number}`;
  }

  text() { // what is selected on the pages, its lines kept
    const selection = getSelection();
    this.from = 0; // the page on which it begins
    if (!selection?.rangeCount || selection.isCollapsed) return '';
    const range = selection.getRangeAt(0), parts = [];
    if (!range.intersectsNode(this.viewer.pages.column)) return '';
    for (const leaf of this.viewer.pages.leaves) {
      if (!leaf.words.length || !range.intersectsNode(leaf.layer)) continue;
      for (const span of leaf.layer.children) {
        const node = span.firstChild;
        if (!range.intersectsNode(node)) continue;
        const from = range.startContainer === node ? range.startOffset : 0;
        const to = range.endContainer === node ? range.endOffset : node.length;
        const [word, , blank] = leaf.words[span.dataset.index];
        parts.push(word.slice(from, to) + (to >= word.length ? blank : ''));
        this.from ||= leaf.number;
      }
    }
    return parts.join('').trim();
  }

  selected() {
    const text = this.text(), room = this.offer.offsetParent ?? this.viewer.body;
    if (!text) {
      if (this.offer.contains(document.activeElement)) this.viewer.scroll.focus({ preventScroll: true });
      this.offer.hidden = true;
      return;
    }
    const rects = getSelection().getRangeAt(0).getClientRects(), last = rects[rects.length - 1];
    const around = this.viewer.body.getBoundingClientRect();
    this.offer.hidden = false;
    if (!last || !room) return;
    const top = Math.min(Math.max(last.bottom - around.top + 8, 8), around.height - this.offer.offsetHeight - 8);
    const left = Math.min(Math.max(last.right - around.left - this.offer.offsetWidth, 8), around.width - this.offer.offsetWidth - 8);
    Object.assign(this.offer.style, { top: `${top}px`, left: `${Math.max(0, left)}px` });
  }

  copied(event) {
    const text = this.text();
    if (!text) return;
    event.preventDefault();
    event.clipboardData.setData('text/plain', text);
  }

  async copyWithPlace() { // the quotation, and where it stands
    const { words, documents } = this.viewer.data, about = documents[this.viewer.place.document];
    const text = this.text().replace(/\s+/g, ' '), page = about.labels[this.from] || this.from;
    const quoted = filled(words.quoted, { quote: text, name: about.name, page });
    try { await navigator.clipboard.writeText(quoted); } catch { document.execCommand('copy'); } // then without its place
    this.viewer.say(words.copied);
  }

  ask() { // the quotation goes into the question box, before what stands there
    const text = this.text().replace(/\s+/g, ' ').slice(0, QUOTED_AT_MOST);
    const box = document.querySelector('[data-testid="stChatInput"] textarea');
    if (!text || !box) return;
    if (document.fullscreenElement) document.exitFullscreen();
    if (this.viewer.drawer.open) this.viewer.drawer.close();
    const asked = filled(this.viewer.data.words.about, { quote: text });
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(box, `${asked} ${box.value}`);
    box.dispatchEvent(new Event('input', { bubbles: true })); // React hears of it
    getSelection().removeAllRanges();
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
  }
}

