// In the place of a running answer: what is told here draws that place anew, not the page (running.js); and when its first
// quotes are drawn, the viewer is, which tells where the page that it opened is quoted.
let opened = '';
export default function ({ data, setTriggerValue }) {
  window.footnoteMoved = key => setTriggerValue('moved', key);
  if (!data.quoted || data.quoted === opened) return;
  opened = data.quoted;
  window.footnoteFollow?.(opened);
}
