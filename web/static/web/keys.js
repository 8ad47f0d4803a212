/* Keyboard: single letters outside fields, rows with J and K, help under "?". Nothing here decides anything:
   a key presses what stands on the page. No eval, nothing stored. */
"use strict";
(() => {
  const letters = () => document.body.dataset.letters !== "off";
  const field = (node) => node && (node.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(node.tagName) &&
    !/^(checkbox|radio|button|submit)$/.test(node.type));
  const seen = (node) => node.offsetParent !== null && !node.disabled;
  const rows = () => [...document.querySelectorAll("[data-row]")].filter(seen);

  function here() {
    return rows().findIndex((row) => row.classList.contains("here"));
  }
  function go(step) {
    const all = rows();
    if (!all.length) return;
    const next = Math.min(Math.max(here() + step, 0), all.length - 1);
    all.forEach((row, at) => {
      row.classList.toggle("here", at === next);
      row.setAttribute("aria-selected", String(at === next));
    });
    all[next].scrollIntoView({ block: "nearest" });
  }
  function open() {
    const row = rows()[here()];
    const link = row && (row.querySelector("[data-open]") || row.querySelector("a[href]"));
    if (link) link.click();
    return Boolean(link);
  }
  function choose() {
    const row = rows()[here()];
    const box = row && row.querySelector("input[type=checkbox]:not([disabled])");
    if (box) box.click();
  }
  function submit(from) {
    const form = document.querySelector("form[data-submit]") || (from && from.closest && from.closest("form[method=post]")) ||
      document.querySelector("form[data-form]");
    if (form) form.requestSubmit(form.querySelector("button[data-first]") || undefined);
  }
  function press(name) {
    const target = [...document.querySelectorAll("[data-key]")].find((node) => node.dataset.key === name && seen(node));
    if (!target) return false;
    if (field(target) && target.type !== "file") { target.focus(); target.select && target.select(); } else { target.click(); }
    return true;
  }
  function help() {
    const box = document.getElementById("keys");
    if (!box || box.open) return;
    const list = box.querySelector("dl");
    list.querySelectorAll("[data-found]").forEach((node) => node.remove());
    document.querySelectorAll("[data-key]").forEach((node) => {
      if (!seen(node)) return;
      const term = document.createElement("dt"), words = document.createElement("dd"), cap = document.createElement("kbd");
      cap.textContent = node.dataset.key;
      words.textContent = node.dataset.label || node.getAttribute("aria-label") || node.textContent.trim();
      term.dataset.found = words.dataset.found = "";
      term.append(cap);
      list.append(term, words);
    });
    box.showModal();
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.metaKey) return;
    const typing = field(event.target);
    const inList = document.querySelector("[data-rows]");
    if (event.ctrlKey) {
      const name = event.key === "Enter" ? "Ctrl Enter" : "Ctrl " + event.key.toUpperCase();
      if (press(name)) event.preventDefault();
      else if (event.key === "Enter") { submit(event.target); event.preventDefault(); }
      return;
    }
    if (document.querySelector("dialog[open]")) return;
    if (/^F\d+$/.test(event.key) || event.key === "Escape") {
      if (typing && event.key === "Escape" && event.target.type === "search") { event.target.value = ""; return; }
      if (press(event.key)) event.preventDefault();
      return;
    }
    if (inList && (event.key === "ArrowDown" || event.key === "ArrowUp") && (!typing || event.target.type === "search")) {
      go(event.key === "ArrowDown" ? 1 : -1); event.preventDefault(); return;
    }
    if (event.key === "Enter" && inList && here() >= 0) {
      const asked = typing && event.target.value !== event.target.defaultValue;
      const free = event.target === document.body || (typing && event.target.type === "search" && !asked) ||
        (event.target.closest && event.target.closest("[data-row]") && event.target.type === "checkbox");
      if (free && open()) event.preventDefault();
      return;
    }
    if (typing || !letters()) return;
    const name = event.key.length === 1 ? event.key.toUpperCase() : event.key;
    if (name === "?") { help(); event.preventDefault(); return; }
    if (inList && name === "J") { go(1); return; }
    if (inList && name === "K") { go(-1); return; }
    if (inList && name === "X") { choose(); event.preventDefault(); return; }
    if (press(name)) event.preventDefault();
  });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-help]")) help(); });
})();
