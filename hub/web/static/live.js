// Pages that renew themselves. Without script a page stays as it was sent; with it, figures follow the log.
//
// A page opts in by attributes:
//   <div data-live-at="/board?channel=court">   what stands in it is fetched anew from this address whenever the log has
//       moved, and once a minute because "22 min left" becomes 21. The answer may be a part or the whole page; its
//       header X-Position says as of which position it is true. The request carries X-Live: <position told>, for
//       answers that are kept: it must be at least that new.
//   <section id="…" data-swap>                  renewed in place, node by node: nothing flashes, focus stays.
//   <tbody id="…" data-swap="rows">             rows with data-key: known rows are renewed in place and never move; new
//       ones wait behind a button in <span data-fresh-of="id of the tbody">; rows that are no more are dimmed.
//   <ol id="…" data-swap="all">                 renewed whole: for screens nobody points at.
//   <… data-keep>                               what script put there itself is left alone.
// The page includes live_words.html once (the words) and has #live (templates/page.html): data-word, data-position,
// data-clock; its classes become is-stale (figures lag behind the log) and is-off (nothing heard).
// Other scripts hear the event "live:swapped" on document after every renewal.
(function () {
  "use strict";
  var bar = document.getElementById("live");
  var words = document.getElementById("live-words");
  var regions = Array.prototype.slice.call(document.querySelectorAll("[data-live-at]"));
  if (!bar || !words || !window.fetch) { return; }
  var SILENCE = 35000, POLL = 15000, LOSS = 4000;
  var shown = number(text("[data-position]")), told = shown, lag = 0;
  var heard = null, heardClock = 0;             // performance.now() and the hub's clock at the last word
  var source = null, poller = null, lossTimer = null, ended = false, off = false;
  var busy = false, again = false, minute = null, tries = 0;

  function text(selector) { var e = bar.querySelector(selector); return e ? e.textContent : ""; }
  function number(value) { return parseInt(String(value).replace(/\D/g, ""), 10) || 0; }
  function say(name, values) {
    return (words.dataset[name] || "").replace(/\{(\w+)\}/g, function (_, key) { return values[key]; });
  }
  function clock(ms) { return new Date(ms + 8 * 3600000).toISOString().slice(11, 19); }   // Asia/Shanghai
  function hubNow() { return heard === null ? null : heardClock + performance.now() - heard; }

  // --- what the bar and the strip say ---------------------------------------------------------------------------------
  function put(element, value) { if (element && element.textContent !== value) { element.textContent = value; } }
  var clocks = Array.prototype.slice.call(document.querySelectorAll("[data-clock]"));
  function tick() {
    if (off || ended || heard === null) { return; }
    if (performance.now() - heard > SILENCE && !poller) { lost(); return; }
    var now = hubNow(), at = clock(now);
    clocks.forEach(function (c) { put(c, c.dataset.clock === "short" ? at.slice(0, 5) : at); });
    var m = Math.floor(now / 60000);
    if (minute !== null && m !== minute && !document.hidden) {
      setTimeout(function () { renew(false); }, Math.random() * 3000);
    }
    minute = m;
  }
  function state() {
    var stale = !off && lag > 50;
    bar.classList.toggle("is-off", off || ended);
    bar.classList.toggle("is-stale", stale);
    bar.classList.remove("is-still");
    put(bar.querySelector("[data-word]"), bar.dataset[off || ended ? "off" : stale ? "stale" : "live"]);
    var drawn = document.getElementById("stale");
    if (drawn && !stale && heard !== null) { drawn.hidden = true; }   // what the server drew is over
    if (ended) { strip(words.dataset.signedOut, words.dataset.signedOutWords); }
    else if (off) { strip(say("stopped", { at: clock(heardClock || Date.now()) }), words.dataset.stoppedWords); }
    else if (stale && !drawn) { strip(say("behind", { gap: lag }), words.dataset.behindWords); }
    else { strip("", ""); }
  }
  var note = null;
  function strip(title, detail) {   // fixed at the lower edge: nothing on the page moves
    if (!note) {
      if (!title) { return; }
      note = document.createElement("div");
      note.className = "live-note";
      note.setAttribute("role", "status");
      note.appendChild(document.createElement("b"));
      note.appendChild(document.createElement("span"));
      document.body.appendChild(note);
    }
    note.hidden = !title;
    put(note.firstChild, title);
    put(note.lastChild, detail);
  }

  // --- hearing ----------------------------------------------------------------------------------------------------------
  function hear(beat) {
    if (typeof beat.position !== "number") { return; }
    heard = performance.now();
    heardClock = beat.now;
    clearTimeout(lossTimer);
    lossTimer = null;
    tries = 0;
    off = false;
    lag = beat.log - beat.position;
    told = Math.max(told, beat.position);
    state();
    tick();
    if (!regions.length) { put(bar.querySelector("[data-position]"), told.toLocaleString("en-US")); return; }
    if (told > shown) { renew(false); }
  }
  function lost() { if (!off && !ended) { off = true; state(); } }
  function end() { ended = true; if (source) { source.close(); source = null; } clearInterval(poller); state(); }
  function connect() {
    if (ended || source || document.hidden) { return; }
    if (!window.EventSource) { poll(); return; }
    source = new EventSource("/live");
    source.onmessage = function (event) { stopPolling(); hear(JSON.parse(event.data)); };
    source.addEventListener("end", end);
    source.onerror = function () {
      if (lossTimer === null) { lossTimer = setTimeout(lost, LOSS); }
      if (source && source.readyState === 2) { source = null; poll(); }   // refused: ask instead, and try again later
    };
  }
  function poll() {
    if (poller) { return; }
    ask();
    poller = setInterval(ask, POLL);
  }
  function stopPolling() { clearInterval(poller); poller = null; }
  function ask() {
    fetch("/live/position", { cache: "no-store", redirect: "manual" }).then(function (r) {
      if (r.type === "opaqueredirect" || r.status === 401 || r.status === 403) { end(); return null; }
      if (!r.ok) { throw new Error(String(r.status)); }
      return r.json();
    }).then(function (beat) { if (beat) { hear(beat); } }).catch(lost);
    tries += 1;
    if (tries % 4 === 0) { connect(); }
  }
  document.addEventListener("visibilitychange", function () {   // a browser has six connections per address, not more
    if (document.hidden) {
      if (source) { source.close(); source = null; }
      stopPolling();
      clearTimeout(lossTimer);
      lossTimer = null;
    } else { connect(); }
  });
  window.addEventListener("offline", lost);
  window.addEventListener("pagehide", function () { if (source) { source.close(); source = null; } });
  window.addEventListener("pageshow", function (event) { if (event.persisted) { connect(); } });

  // --- renewing -----------------------------------------------------------------------------------------------------------
  function renew(asked) {
    if (!regions.length || (document.hidden && !asked)) { return; }
    if (busy) { again = true; return; }
    busy = true;
    again = false;
    Promise.all(regions.map(function (region) {
      return fetch(region.dataset.liveAt, { headers: { "X-Live": String(told) }, cache: "no-store", redirect: "manual" })
        .then(function (r) {
          if (r.type === "opaqueredirect") { end(); return; }
          if (!r.ok) { return; }
          var position = number(r.headers.get("X-Position") || told);
          return r.text().then(function (html) { swap(region, html); return position; });
        });
    })).then(function (positions) {
      var known = positions.filter(function (p) { return p; });
      if (known.length) {
        shown = Math.min.apply(null, known);
        put(bar.querySelector("[data-position]"), shown.toLocaleString("en-US"));
        document.dispatchEvent(new CustomEvent("live:swapped"));
      }
    }).catch(function () { if (lossTimer === null) { lossTimer = setTimeout(lost, LOSS); } }).then(function () {
      busy = false;
      if (again || told > shown) { setTimeout(function () { renew(false); }, again ? 50 : 400); }
    });
  }
  function swap(region, html) {
    var fresh = new DOMParser().parseFromString(html, "text/html");
    Array.prototype.forEach.call(region.querySelectorAll("[data-swap][id]"), function (old) {
      var next = fresh.getElementById(old.id);
      if (!next) { return; }
      if (old.dataset.swap === "rows" && next.dataset.swap === "rows") { rows(old, next); }
      else { morph(old, next); }
    });
  }
  function same(a, b) { return a.nodeType === b.nodeType && a.nodeName === b.nodeName; }
  function morph(old, next) {
    if (old.nodeType !== 1) {
      if (old.nodeValue !== next.nodeValue) { old.nodeValue = next.nodeValue; }
      return;
    }
    if (old.hasAttribute("data-keep")) { return; }
    attributes(old, next);
    if (old.hasAttribute("data-fresh-of")) { return; }
    var a = Array.prototype.slice.call(old.childNodes), b = Array.prototype.slice.call(next.childNodes);
    if (a.length === b.length && a.every(function (node, n) { return same(node, b[n]); })) {
      a.forEach(function (node, n) { morph(node, b[n]); });
    } else {
      old.textContent = "";
      b.forEach(function (node) { old.appendChild(document.importNode(node, true)); });
    }
  }
  function attributes(old, next) {
    Array.prototype.forEach.call(next.attributes, function (a) {
      if (old.getAttribute(a.name) !== a.value) { old.setAttribute(a.name, a.value); }
    });
    Array.prototype.slice.call(old.attributes).forEach(function (a) {
      if (!next.hasAttribute(a.name) && a.name !== "tabindex") { old.removeAttribute(a.name); }   // scripts' own: focus
    });
  }

  // Known rows in place; new ones wait, gone ones stay where they are until somebody asks for the list.
  function keyed(list) {
    var found = {};
    Array.prototype.forEach.call(list.children, function (row) { if (row.dataset.key) { found[row.dataset.key] = row; } });
    return found;
  }
  function rows(old, next) {
    var have = keyed(old), want = keyed(next), gone = 0, news = 0;
    Object.keys(have).forEach(function (key) {
      var row = have[key];
      if (want[key]) {
        morph(row, want[key]);   // a row that comes back is no longer dimmed: its class is what was sent
      } else { gone += 1; dim(row); }
    });
    Object.keys(want).forEach(function (key) { if (!have[key]) { news += 1; } });
    old.hubNext = next;
    if (have.none || !Object.keys(have).length) { apply(old); return; }
    offer(old, news, gone);
  }
  function dim(row) {
    row.classList.add("is-gone");
    row.title = words.dataset.rowGone;
    Array.prototype.forEach.call(row.querySelectorAll("button, input"), function (control) {
      control.disabled = true;
      if (control.type === "checkbox") { control.checked = false; }
    });
  }
  function offer(list, news, gone) {
    var place = document.querySelector('[data-fresh-of="' + list.id + '"]');
    if (!place) { return; }
    var parts = [];
    if (news) { parts.push(say("fresh", { n: news })); }
    if (gone) { parts.push(say("gone", { n: gone })); }
    if (!parts.length) { place.textContent = ""; return; }
    var button = place.querySelector("button");
    if (!button) {
      button = document.createElement("button");
      button.type = "button";
      button.className = "btn-fresh";
      button.addEventListener("click", function () { apply(list); });
      place.appendChild(button);
    }
    put(button, parts.concat(words.dataset.apply).join(" · "));
  }
  function apply(list) {
    var picked = {};
    Array.prototype.forEach.call(list.querySelectorAll("[data-key] input:checked"), function (box) {
      picked[box.closest("[data-key]").dataset.key] = true;
    });
    list.textContent = "";
    Array.prototype.slice.call(list.hubNext.childNodes).forEach(function (node) {
      list.appendChild(document.importNode(node, true));
    });
    Array.prototype.forEach.call(list.children, function (row) {
      var box = picked[row.dataset.key] && row.querySelector("input[type=checkbox]:not([disabled])");
      if (box) { box.checked = true; }
    });
    offer(list, 0, 0);
    document.dispatchEvent(new CustomEvent("live:swapped"));
  }

  setInterval(tick, 1000);
  connect();
})();
