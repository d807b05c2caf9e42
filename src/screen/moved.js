// In the place of a running answer: what is told here draws that place anew, not the page (running.js).
export default function ({ setTriggerValue }) {
  window.footnoteMoved = key => setTriggerValue('moved', key);
}
