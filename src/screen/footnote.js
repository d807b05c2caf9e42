// The one script of the page: citation chips, drops anywhere, the way to a new question and to the marked line.
// Streamlit loads it as a component and calls it again, with new data, whenever the viewer changes.
const CHIP = 'a[href^="#cite-"]', SIGN = 'a[href^="#doubt-"]';
const INPUT = '[data-testid="stFileUploaderDropzoneInput"]', ZONE = '[data-testid="stFileUploaderDropzone"]';
const NARROW = '(max-width: 900px)';

export default function ({ data, setStateValue, setTriggerValue }) {
  const closest = (event, selector) => event.target instanceof Element && event.target.closest(selector);

  const tellWidth = () => {
    const narrow = matchMedia(NARROW).matches;
    if (narrow !== data.narrow) setStateValue('narrow', narrow);
  };
  const open = chip => setTriggerValue('cite', chip.getAttribute('href').slice('#cite-'.length));
  const click = event => {
    const chip = closest(event, CHIP), sign = closest(event, SIGN);
    if (!chip && !sign) return;
    event.preventDefault();
    event.stopPropagation();
    if (chip) open(chip);
  };
  const key = event => { // Enter clicks a link by itself; a button answers to Space as well
    const chip = event.key === ' ' && closest(event, CHIP);
    if (chip) { event.preventDefault(); open(chip); }
  };

  const name = () => {
    document.querySelectorAll(CHIP).forEach(chip => {
      const number = (chip.querySelector('.fn-number') ?? chip).textContent.trim();
      const label = `Source ${number}${chip.title ? ': ' + chip.title : ''}`;
      if (chip.getAttribute('role') !== 'button') chip.setAttribute('role', 'button');
      if (chip.ariaLabel !== label) chip.ariaLabel = label;
      const here = chip.getAttribute('href') === '#cite-' + data.anchor;
      chip.classList.toggle('fn-here', here);
      if (chip.ariaPressed !== String(here)) chip.ariaPressed = String(here);
    });
    document.querySelectorAll(SIGN).forEach(sign => {
      if (sign.getAttribute('role') !== 'note') sign.setAttribute('role', 'note');
      if (sign.ariaLabel !== sign.title) sign.ariaLabel = sign.title;
    });
    document.querySelectorAll(INPUT).forEach(input => { input.ariaLabel ||= 'PDF files'; });
  };

  const carriesFiles = event => event.dataTransfer?.types?.includes('Files');
  const over = event => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
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
  const dropped = async transfer => {
    const loose = [...transfer.files], entries = [...transfer.items].map(item => item.webkitGetAsEntry()).filter(Boolean);
    if (!entries.some(entry => entry.isDirectory)) return loose;
    const all = (await Promise.all(entries.map(filesOf))).flat();
    return all.filter(file => /\.pdf$/i.test(file.name)); // a folder holds other things, too
  };
  const drop = async event => {
    document.body.classList.remove('fn-dropping');
    if (!carriesFiles(event) || closest(event, ZONE)) return; // the uploader takes its own
    event.preventDefault();
    const input = document.querySelector(INPUT);
    if (!input) return;
    const files = new DataTransfer();
    (await dropped(event.dataTransfer)).forEach(file => files.items.add(file));
    input.files = files.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  };

  const arrive = () => { // at a new question, once
    const latest = document.querySelector('.st-key-latest');
    if (!latest || latest.dataset.turn === data.turn) return;
    latest.dataset.turn = data.turn;
    if (document.querySelector('.st-key-earlier')) latest.scrollIntoView({ block: 'start' });
  };

  const reveal = () => { // the marked line, where the page is taller than the viewer
    const sheet = document.querySelector('.st-key-sheet-viewer'), image = sheet?.querySelector('img');
    if (!image || sheet.dataset.anchor === data.anchor) return;
    const scroll = () => { sheet.scrollTop = data.focus * image.clientHeight - sheet.clientHeight / 3; };
    sheet.dataset.anchor = data.anchor;
    if (image.complete) scroll(); else image.addEventListener('load', scroll, { once: true });
  };

  tellWidth();
  name();
  requestAnimationFrame(() => { arrive(); reveal(); });
  const watch = new MutationObserver(name);
  watch.observe(document.body, { childList: true, subtree: true });
  const listeners = { click, keydown: key, dragover: over, dragleave: leave, drop };
  const width = matchMedia(NARROW);
  width.addEventListener('change', tellWidth);
  Object.entries(listeners).forEach(([type, listener]) => document.addEventListener(type, listener, true));
  return () => {
    watch.disconnect();
    width.removeEventListener('change', tellWidth);
    Object.entries(listeners).forEach(([type, listener]) => document.removeEventListener(type, listener, true));
  };
}
