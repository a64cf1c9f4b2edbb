// Puts a canned reply where the cursor stands, without a way to the server. data-into names the field; the
// buttons carry the text, already filled and in the customer's language.
export default function canned(element) {
  const field = document.getElementById(element.dataset.into);
  element.addEventListener("click", (event) => {
    const button = event.target.closest("[data-text]");
    if (!button || !field) return;
    event.preventDefault();
    field.setRangeText(button.dataset.text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
}
