// What every page does beyond links and forms: print buttons, filters that apply themselves, and "/" to the filter.
(function () {
  "use strict";
  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
  document.addEventListener("change", function (event) {
    var form = event.target.form;
    if (form && form.hasAttribute("data-apply") && (event.target.tagName === "SELECT" || event.target.hasAttribute("list"))) { form.submit(); }
  });
  // Paper has no folds: what is closed is opened for it, and closed again.
  window.addEventListener("beforeprint", function () {
    Array.prototype.forEach.call(document.querySelectorAll("details:not([open])"), function (part) {
      part.setAttribute("data-folded", "");
      part.open = true;
    });
  });
  window.addEventListener("afterprint", function () {
    Array.prototype.forEach.call(document.querySelectorAll("details[data-folded]"), function (part) {
      part.removeAttribute("data-folded");
      part.open = false;
    });
  });
  document.addEventListener("keydown", function (event) {
    var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) || event.target.isContentEditable;
    if (typing || event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (event.key === "/") {
      var field = document.querySelector(".filters input[type=search], .filters select, .filters input");
      if (field) { field.focus(); event.preventDefault(); }
    }
  });
})();
