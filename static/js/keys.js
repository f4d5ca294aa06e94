/* Keys on forms: 1-9 choose the option with that position while focus is inside [data-indicator] and not in a text field;
   Ctrl+Enter or Alt+Enter saves and goes on. And: the error summary takes the focus, menus close on Escape or outside,
   and where tabs do not fit, the one of this page is brought into sight. */
(() => {
  "use strict";
  const typing = (element) => element.matches("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])");

  // What is folded takes no focus.
  const focus = (element) => {
    const fold = element.closest("details");
    if (fold) fold.open = true;
    element.focus();
  };

  const saveAndNext = (form) => {
    const button = form.querySelector("[data-save-next]");
    if (button) return button.click();
    if (!form.matches("[data-autosave]")) return form.requestSubmit();
    htmx.trigger(form, "save");
    const forms = [...document.querySelectorAll("form[data-autosave]")];
    const next = forms[forms.indexOf(form) + 1];
    const first = next && (next.querySelector("[data-options] :checked") || next.querySelector("[data-options] input"));
    if (first) focus(first);
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      for (const menu of document.querySelectorAll("details.menu[open]")) {
        menu.open = false;
        if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
      }
    }
    if (event.key === "Enter" && (event.ctrlKey || event.altKey)) {
      const form = event.target.closest("form[data-autosave], form[data-keys]");
      if (form) {
        event.preventDefault();
        saveAndNext(form);
      }
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey || !/^[0-9]$/.test(event.key) || typing(event.target)) return;
    const indicator = event.target.closest("[data-indicator]");
    const option = indicator && indicator.querySelector(`[data-options] input[data-key="${event.key}"]:enabled`);
    if (!option) return;
    event.preventDefault();
    focus(option);
    option.click();
  });

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  // "Save and next" on a page of several forms moves on without loading the page again; the last one loads the next page.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("form[data-autosave] [data-next]");
    const forms = [...document.querySelectorAll("form[data-autosave]")];
    if (!button || button.form === forms[forms.length - 1]) return;
    event.preventDefault();
    saveAndNext(button.form);
  });

  const tab = document.querySelector(".tabs [aria-current]");
  if (tab) {
    const row = tab.closest("ul");
    const [own, whole] = [tab.getBoundingClientRect(), row.getBoundingClientRect()];
    row.scrollLeft += own.left + own.width / 2 - whole.left - whole.width / 2;
  }

  // A link to an indicator opens what is folded below its title.
  const unfold = () => {
    const fold = document.querySelector(":target > .answer-fold");
    if (fold) fold.open = true;
  };
  for (const moment of ["load", "hashchange"]) window.addEventListener(moment, unfold);

  for (const hint of document.querySelectorAll("[data-keys-hint]")) hint.hidden = false;

  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();
})();
