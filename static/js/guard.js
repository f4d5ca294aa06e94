/* Long forms that are saved by their button are marked data-guard: the browser asks before what was typed is left.
   data-guard="typed" says that the page came back with text that is not saved. */
(() => {
  "use strict";
  const typed = new Set(document.querySelectorAll("form[data-guard=typed]"));
  document.addEventListener("input", ({ target: { form } }) => form && form.matches("form[data-guard]") && typed.add(form));
  document.addEventListener("submit", (event) => !event.defaultPrevented && typed.delete(event.target));
  window.addEventListener("beforeunload", (event) => typed.size && event.preventDefault());
})();
