// Says that a chosen file is too large before it is sent, not after minutes of sending. The server looks again.
export default function fits(input) {
  const told = document.getElementById(`${input.id}-fits`);
  const tell = () => {
    told.hidden = ![...input.files].some((file) => file.size > Number(input.dataset.most));
    return told.hidden;
  };
  input.addEventListener("change", tell);
  input.form.addEventListener(
    "submit",
    (event) => {
      if (tell()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      input.focus();
    },
    true,
  );
}
