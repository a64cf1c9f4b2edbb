// A chat: Enter sends (Shift+Enter begins a line) and the page stays; what comes is scrolled to. What could not be
// sent comes back into the box. While somebody types, the page's questions say so (X-Typing).
const TYPES_FOR = 4000;

export default function chat(element) {
  const form = element.querySelector("form");
  const box = form?.querySelector("textarea");
  if (!box) return;
  const refused = () => document.getElementById("appeal-refused");
  const live = () => document.getElementById("live");
  let typed = 0;
  let sending = Promise.resolve();

  function tell(words) {
    refused().textContent = words;
    refused().hidden = !words;
  }

  function comeBack(text) {
    box.value = box.value ? `${text}\n${box.value}` : text;
    box.focus();
  }

  async function send(text) {
    const values = { ...Object.fromEntries(new FormData(form)), body: text, act: "send" };
    values.submission_id = crypto.randomUUID?.() ?? "";
    let answer = null;
    const listen = (event) => (answer = event.detail);
    element.addEventListener("htmx:afterRequest", listen);
    await window.htmx.ajax("POST", form.action, { source: element, values, swap: "none" }).catch(() => null);
    element.removeEventListener("htmx:afterRequest", listen);
    if (answer?.successful) return;
    comeBack(text);
    if (answer?.xhr.status !== 422) tell(element.dataset.failed);
  }

  element.addEventListener(
    "submit",
    (event) => {
      if (!window.htmx || event.submitter?.value === "files" || !box.value.trim()) return;
      event.preventDefault();
      event.stopPropagation();
      const text = box.value;
      box.value = "";
      typed = 0;
      tell("");
      sending = sending.then(() => send(text));
    },
    true,
  );
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("[value=send]"));
  });
  box.addEventListener("input", () => {
    const isFirst = Date.now() - typed > TYPES_FOR;
    typed = Date.now();
    if (isFirst) live()?.dispatchEvent(new Event("poll:soon"));
  });
  element.addEventListener("htmx:configRequest", (event) => {
    if (event.target.id === "live" && Date.now() - typed < TYPES_FOR) event.detail.headers["X-Typing"] = "1";
  });

  const end = () => document.getElementById("reply")?.scrollIntoView({ block: "nearest" });
  new MutationObserver((changes) => {
    const isTalk = changes.some((change) => [...change.addedNodes].some((node) => node.id === "appeal-talk"));
    if (isTalk) end();
  }).observe(element, { childList: true });
}
