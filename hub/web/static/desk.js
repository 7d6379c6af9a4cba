// Keys, selection and forms of a desk, and what guards every act's form: nothing is sent twice, nothing typed is lost.
// Without this file all of it works by links, buttons and whole pages.
(function () {
  "use strict";
  var body = document.body;
  var queue = document.querySelector(".queue");
  var texts = document.getElementById("texts");
  var bulk = document.getElementById("bulk");
  var spoken = document.getElementById("spoken");

  function say(name, number) {
    var words = texts ? texts.getAttribute("data-" + name) || "" : "";
    return number === undefined ? words : words.replace("#", number);
  }
  function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }
  function typing(target) { return /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName) && !/^(checkbox|radio)$/.test(target.type); }

  all("[data-script]").forEach(function (part) { part.hidden = false; });

  // --- rows: cursor and selection ----------------------------------------------------------------------------------
  function rows() { return queue ? all("tr[data-row]", queue) : []; }
  function here() { return queue && queue.querySelector("tr.is-here"); }
  function pickOf(row) { return row.querySelector("td.pick input"); }

  function stand(row, focus) {
    if (!row) { return; }
    rows().forEach(function (other) { other.classList.toggle("is-here", other === row); });
    row.tabIndex = -1;
    if (focus) {
      row.focus({ preventScroll: true });
      row.scrollIntoView({ block: "nearest" });
    }
  }
  function move(by) {
    var list = rows(), at = list.indexOf(here());
    stand(list[at < 0 ? 0 : Math.max(0, Math.min(list.length - 1, at + by))], true);
  }
  function count() {
    if (!bulk) { return; }
    all("button[data-count]", bulk).forEach(function (button) {
      var groups = button.getAttribute("data-groups").split(" ");
      var n = rows().filter(function (row) {
        var pick = pickOf(row);
        return pick && pick.checked && groups.indexOf(row.getAttribute("data-row")) >= 0;
      }).length;
      if (!button.hasAttribute("data-plain")) { button.setAttribute("data-plain", button.textContent); }
      button.textContent = n ? button.getAttribute("data-count").replace("#", n) : button.getAttribute("data-plain");
    });
    var boxes = all("td.pick input", queue), ticked = boxes.filter(function (box) { return box.checked; });
    var whole = bulk.querySelector("[data-all]");
    if (whole) {
      whole.checked = boxes.length > 0 && ticked.length === boxes.length;
      whole.indeterminate = ticked.length > 0 && ticked.length < boxes.length;
    }
  }
  function pick(row, on) {
    var box = row && pickOf(row);
    if (!box) { return; }
    box.checked = on === undefined ? !box.checked : on;
    row.classList.toggle("is-picked", box.checked);
  }
  function pickAll(on) {
    rows().forEach(function (row) { pick(row, on); });
    count();
  }
  if (queue) {
    queue.addEventListener("change", function (event) {
      if (event.target.hasAttribute("data-all")) { pickAll(event.target.checked); return; }
      var row = event.target.closest("tr[data-row]");
      if (row && event.target.name === "pick") { row.classList.toggle("is-picked", event.target.checked); count(); }
    });
    queue.addEventListener("focusin", function (event) {
      var row = event.target.closest("tr[data-row]");
      if (row) { stand(row, false); }
    });
    queue.addEventListener("click", function (event) {
      var row = event.target.closest("tr[data-row]");
      if (row) { stand(row, false); }
    });
    all("td.pick input:checked", queue).forEach(function (box) { box.closest("tr").classList.add("is-picked"); });
    count();
  }

  // --- keys ----------------------------------------------------------------------------------------------------------
  var ACTS = { s: "sign", a: "accept", r: "return", g: "redirect", f: "feedback" };
  function press(key) {
    var row = here() || rows()[0], button = row && row.querySelector("[data-key='" + key + "']");
    if (!row) { return; }
    stand(row, !here());
    if (button) { button.click(); return; }
    var word = document.querySelector("#all-keys dd[data-word='" + ACTS[key] + "']");
    if (spoken) { spoken.textContent = spoken.getAttribute("data-no").replace("#", word ? word.textContent : key); }
  }
  function showKeys() {
    var list = document.getElementById("all-keys"), button = document.querySelector("[data-keys]");
    if (!list) { return; }
    list.hidden = !list.hidden;
    if (button) { button.setAttribute("aria-expanded", String(!list.hidden)); }
  }
  function close(form) {
    var row = form.closest("tr.inline-form"), part = form.closest(".act-part");
    if (!row && !part) { return false; }
    var owner = row && document.getElementById(row.getAttribute("data-for"));
    (row || part).remove();
    if (owner) { stand(owner, true); }
    return true;
  }
  document.addEventListener("keydown", function (event) {
    var target = event.target, form = target.closest && target.closest("form.act");
    if (event.key === "Escape" && !event.isComposing) {
      var open = form || document.querySelector("tr.inline-form form.act");
      if (open && close(open)) { event.preventDefault(); }
      return;
    }
    if (!queue || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(target) || form) { return; }
    var key = event.key.toLowerCase();
    if (key === "j" || key === "k") { move(key === "j" ? 1 : -1); }
    else if (key === "x") { stand(here() || rows()[0], true); pick(here()); count(); }
    else if (key === "*") { pickAll(rows().some(function (row) { return pickOf(row) && !pickOf(row).checked; })); }
    else if (key === "?") { showKeys(); }
    else if (ACTS[key]) { press(key); }
    else if (event.key === "Enter" && here() && !/^(A|BUTTON|INPUT)$/.test(target.tagName)) {
      var link = here().querySelector("td.q-no a");
      if (link) { link.click(); }
    } else { return; }
    event.preventDefault();
  });
  document.addEventListener("click", function (event) {
    var target = event.target.closest("[data-keys], [data-cancel], [data-fill], [data-dismiss]");
    if (!target) { return; }
    if (target.hasAttribute("data-keys")) { showKeys(); }
    else if (target.hasAttribute("data-fill")) { fill(target); }
    else if (target.hasAttribute("data-cancel")) {
      var form = target.closest("form");
      forget(form);
      if (close(form)) { event.preventDefault(); }
    } else {
      var said = document.getElementById(target.getAttribute("data-dismiss"));
      if (said) { said.remove(); event.preventDefault(); history.replaceState(null, "", target.href); }
    }
  });
  function fill(button) {
    var field = button.closest(".field"), boxes = all("input", field);
    var box = boxes.filter(function (one) { return !one.value; })[0] || boxes[boxes.length - 1];
    box.value = button.getAttribute("data-fill");
    box.focus();
    keep(box.form);
  }

  // --- what was typed is kept until it is sent or given up -----------------------------------------------------------
  function store() { try { return window.sessionStorage; } catch (_) { return null; } }
  function keyOf(form) { return form && form.hasAttribute("data-keep") ? "hub " + form.getAttribute("data-keep") : ""; }
  function words(form) { return all("textarea, input[type=text]", form).filter(function (one) { return one.name; }); }
  function keep(form) {
    var at = store(), key = keyOf(form);
    if (!at || !key) { return; }
    var found = words(form).map(function (one) { return one.value === one.defaultValue ? null : one.value; });
    try {
      if (found.some(function (one) { return one; })) { at.setItem(key, JSON.stringify(found)); } else { at.removeItem(key); }
    } catch (_) { /* full: nothing is lost on the page itself */ }
  }
  function forget(form) { var at = store(), key = keyOf(form); if (at && key) { at.removeItem(key); } }
  function restore(form) {
    var at = store(), key = keyOf(form), found = null;
    try { found = at && key ? JSON.parse(at.getItem(key)) : null; } catch (_) { found = null; }
    if (!found) { return; }
    var changed = false;
    words(form).forEach(function (one, n) {
      if (typeof found[n] === "string" && one.value === one.defaultValue && found[n] !== one.value) {
        one.value = found[n];
        changed = true;
      }
    });
    if (changed) { note(form, say("kept")); }
  }
  function note(form, message) {
    var place = form.querySelector(".note-sent");
    if (place) { place.textContent = message; }
  }
  function counter(area) {
    var most = Number(area.getAttribute("data-most")), field = area.closest(".field");
    var hint = field && field.querySelector(".hint");
    if (!hint || !most) { return; }
    var shown = field.querySelector(".counter");
    if (!shown) {
      shown = document.createElement("span");
      shown.className = "counter hint";
      hint.insertAdjacentElement("afterend", shown);
    }
    var n = area.value.replace(/\r\n/g, "\n").length;
    shown.textContent = n > most / 2 ? say("counter", n) : "";
    shown.classList.toggle("is-late", n > most);
  }
  document.addEventListener("input", function (event) {
    var form = event.target.form;
    if (!form || !form.classList.contains("act")) { return; }
    if (event.target.tagName === "TEXTAREA") { counter(event.target); }
    keep(form);
  });

  // --- nothing is sent twice -----------------------------------------------------------------------------------------
  function busy(form, on) {
    form.toggleAttribute("data-sent", on);
    all("button[type=submit]", form).forEach(function (button) {
      button.classList.toggle("busy", on);
      button.setAttribute("aria-disabled", String(on));
    });
    if (on) { note(form, say("sending")); }
  }
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post") { return; }
    if (form.hasAttribute("data-sent")) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    form.setAttribute("data-sent", "");
    if (form.classList.contains("act")) { busy(form, true); }
  }, true);
  window.addEventListener("pageshow", function () {
    all("form[data-sent]").forEach(function (form) { busy(form, false); note(form, ""); });
  });

  // --- forms as parts of a page --------------------------------------------------------------------------------------
  function ready(form, focus) {
    all("textarea", form).forEach(counter);
    restore(form);
    if (!focus) { return; }
    var first = form.querySelector(".trouble, .field.bad input, .field.bad select, .field.bad textarea")
      || form.querySelector(".form-grid input:not([type=hidden]), .form-grid select, .form-grid textarea")
      || form.querySelector("button[type=submit]");
    var bad = form.querySelector(".field.bad input, .field.bad select, .field.bad textarea");
    (bad || first).focus({ preventScroll: true });
    form.scrollIntoView({ block: "nearest" });
  }
  all("form.act").forEach(function (form) {
    form.setAttribute("data-ready", "");
    ready(form, Boolean(form.querySelector(".trouble")));
  });

  body.addEventListener("htmx:confirm", function (event) {
    var from = event.target, row = from.closest && from.closest("tr[data-row]");
    if (!row || event.detail.verb !== "get") { return; }
    // One form under a row: the same one is gone back to, another one takes its place and its words wait for it.
    var open = row.nextElementSibling;
    if (!open || !open.classList.contains("inline-form")) { return; }
    var form = open.querySelector("form.act");
    if (form && form.getAttribute("action") === from.getAttribute("formaction")) {
      event.preventDefault();
      ready(form, true);
    } else { open.remove(); }
  });
  var pending = 0;   // acts under way: what changes meanwhile is our own
  body.addEventListener("htmx:beforeRequest", function (event) {
    var from = event.target;
    if (from.tagName !== "BUTTON") { return; }
    if (from.hasAttribute("data-sent")) { event.preventDefault(); return; }
    from.setAttribute("data-sent", "");
    from.classList.add("busy");
  });
  body.addEventListener("htmx:beforeSend", function (event) { if (event.detail.requestConfig.verb === "post") { pending += 1; } });
  body.addEventListener("htmx:afterRequest", function (event) {
    var from = event.target, xhr = event.detail.xhr;
    if (event.detail.requestConfig.verb === "post") { pending -= 1; }
    if (from.tagName === "BUTTON") { from.removeAttribute("data-sent"); from.classList.remove("busy"); }
    if (from.tagName !== "FORM") { return; }
    busy(from, false);
    if (event.detail.successful) { forget(from); }
    else if (xhr.getResponseHeader("X-Act") !== "form") {
      note(from, xhr.status === 413 ? say("large") : xhr.status === 401 || xhr.status === 403 ? say("expired") : say("lost"));
    }
  });
  body.addEventListener("htmx:beforeSwap", function (event) {
    // A form that met a failure of ours comes back with its words: it is shown like any other answer.
    if (event.detail.xhr.getResponseHeader("X-Act") === "form") { event.detail.shouldSwap = true; event.detail.isError = false; }
  });
  body.addEventListener("htmx:sendError", function (event) {
    if (event.target.tagName !== "FORM" && spoken) { spoken.textContent = say("lost"); }
  });
  body.addEventListener("htmx:afterSettle", function () {   // not before: until then the form is not htmx's
    all("form.act").forEach(function (form) {
      if (!form.hasAttribute("data-ready")) { form.setAttribute("data-ready", ""); ready(form, true); }
    });
  });
  body.addEventListener("desk-changed", function (event) {
    var id = event.detail.row, form = document.querySelector("tr.inline-form[data-for='" + id + "']");
    if (form) { form.remove(); }
    window.setTimeout(function () {
      count();
      var row = document.getElementById(id) || here() || queue && queue.querySelector("tr.is-done");
      if (row) { stand(row, true); }
    }, 0);
  });

  // --- a heading says the number of its tab, whenever that is new -------------------------------------------------------
  function sizes() {
    all("#tabs [data-size]").forEach(function (n) {
      var heading = document.querySelector("#g-" + n.getAttribute("data-size") + " [data-size]");
      if (heading) { heading.textContent = n.textContent; }
    });
  }
  body.addEventListener("htmx:afterSettle", function (event) { if (event.target.id === "tabs") { sizes(); } });
  document.addEventListener("live:swapped", sizes);

  // --- what changed meanwhile waits behind a link: rows do not move under the pointer ----------------------------------
  if (queue) {
    var known = document.getElementById("tabs"), total = known ? Number(known.getAttribute("data-total")) : 0, own = 0;
    var compare = function () {
      var tabs = document.getElementById("tabs"), link = document.getElementById("changed");
      var now = tabs ? Number(tabs.getAttribute("data-total")) : total;
      if (pending) { return; }
      if (own) { own = 0; total = now; return; }
      if (now !== total && link) {
        link.textContent = link.getAttribute("data-words").replace("#", Math.abs(now - total));
        link.hidden = false;
      }
    };
    body.addEventListener("desk-changed", function () { own = 1; });
    body.addEventListener("htmx:afterSettle", function (event) { if (event.target.id === "tabs") { compare(); } });
    document.addEventListener("live:swapped", compare);
  }
})();
