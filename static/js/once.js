// A form that was sent is not sent again by an impatient second press; its button says that it works.
// The server answers a repeated form with the first result anyway.
function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll(".is-busy")) {
    button.classList.remove("is-busy");
    button.removeAttribute("aria-disabled");
  }
}

export default function once(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (event.defaultPrevented) return;
    form.dataset.sent = "yes";
    const button = event.submitter ?? form.querySelector("button:not([type=button])");
    button?.classList.add("is-busy");
    button?.setAttribute("aria-disabled", "true");
  });
  form.addEventListener("htmx:afterRequest", () => release(form));
  // Back to this page from the browser's memory: the form is free again.
  addEventListener("pageshow", (event) => event.persisted && release(form));
}
