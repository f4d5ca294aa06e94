/* Autosave of forms marked data-autosave: htmx sends, this file says how it went and tries again.

   The form has an id, hx-post, hx-trigger="change, input delay:1s, save", hx-target="find [data-save-state]",
   hx-swap="innerHTML", hx-sync="this:queue last". A good answer is the new text of the save state, with the new version
   out of band. For 409 and 422 the server retargets (HX-Retarget: #id, HX-Reswap: outerHTML) to replace the form.
   Text stays in the page's memory, never in the browser's storage: the machine may be shared. */
(() => {
  "use strict";
  const unsaved = new Map(); // form id -> { sent: values as last sent, tries, timer }
  const isAutosaved = (element) => element && element.matches && element.matches("form[data-autosave]");
  const entry = (form) => {
    if (!unsaved.has(form.id)) unsaved.set(form.id, { sent: "", tries: 0, timer: 0 });
    return unsaved.get(form.id);
  };
  const values = (form) => [...new FormData(form)].filter(([name]) => !/version|csrf/.test(name));

  const say = (form, key, problem) => {
    const line = form.querySelector("[data-save-state]");
    if (!line) return;
    line.classList.toggle("is-problem", problem);
    if (key) line.textContent = line.dataset[key];
  };

  const retryLater = (form, state) => {
    say(form, "retrying", true);
    state.tries += 1;
    state.timer = setTimeout(() => form.isConnected && htmx.trigger(form, "save"), 1000 * Math.min(60, 2 ** state.tries));
  };

  /* What was typed after the request left goes into the form that replaced it; in a comparison, into the merged text. */
  const restore = (form, typed) => {
    for (const [name, value] of typed) {
      for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]:not([type=hidden])`)) {
        if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === value;
        else field.value = value;
      }
      const merged = form.querySelector(`textarea[name="merged-${CSS.escape(name)}"]`);
      if (merged && !merged.value.includes(value)) merged.value += `\n\n${value}`;
    }
  };

  // What is folded on small screens says above it what is saved.
  const tellFold = (form) => {
    const fold = form && form.closest(".answer-fold");
    const chosen = fold && form.querySelector("[data-options] :checked ~ * .option-title");
    if (!chosen) return;
    const parts = [...chosen.cloneNode(true).children].filter((part) => !part.matches(".option-target"));
    fold.querySelector("summary").replaceChildren(...parts.flatMap((part) => [part, " "]));
  };

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!isAutosaved(form)) return;
    entry(form);
    say(form, "dirty", false);
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.target;
    if (!isAutosaved(form)) return;
    if (!unsaved.has(form.id)) return event.preventDefault(); // leaving a field that was saved already
    const state = entry(form);
    clearTimeout(state.timer);
    state.sent = JSON.stringify(values(form));
    say(form, "saving", false);
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const asked = event.detail.requestConfig.elt;
    if (!isAutosaved(asked)) return;
    const state = entry(asked);
    const status = event.detail.xhr.status;
    if (status === 0 || status === 429 || status >= 500) return retryLater(asked, state);
    state.tries = 0;
    const typed = values(asked);
    const typedSince = JSON.stringify(typed) !== state.sent;
    const form = document.getElementById(asked.id);
    const replaced = form && form !== asked;
    if (replaced && typedSince) restore(form, typed);
    if (status < 300) {
      tellFold(form);
      if (!typedSince) return unsaved.delete(asked.id);
      if (form) say(form, "dirty", false);
      if (replaced) htmx.trigger(form, "save");
    } else if (!replaced) {
      say(asked, status === 401 || status === 403 ? "signedOut" : status === 422 ? "" : "refused", true);
    }
  });

  window.addEventListener("online", () => {
    for (const [id, state] of unsaved) {
      const form = document.getElementById(id);
      if (form && state.tries) htmx.trigger(form, "save");
    }
  });

  // An ordinary submit carries the text to the server itself.
  document.addEventListener("submit", (event) => !event.defaultPrevented && unsaved.delete(event.target.id));

  window.addEventListener("beforeunload", (event) => unsaved.size && event.preventDefault());
})();
