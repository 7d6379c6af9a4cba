// Saved views of a list: names and addresses kept in this browser. Without script the address itself is the view.
(function () {
  "use strict";
  var box = document.querySelector("[data-views]"), save = document.querySelector("[data-save]");
  var key = "hub.views", path = location.pathname, most = 20;
  if (!box || !save) { return; }
  function read() {
    try {
      var found = JSON.parse(localStorage.getItem(key) || "[]");
      return Array.isArray(found) ? found.filter(function (v) {
        return v && typeof v.name === "string" && typeof v.at === "string" && v.at.charAt(0) === "/" && v.at.charAt(1) !== "/";
      }) : [];
    } catch (e) { return []; }
  }
  function write(views) { localStorage.setItem(key, JSON.stringify(views)); show(); }
  function show() {
    var list = box.querySelector("ul"), mine = read().filter(function (v) { return v.at.split("?")[0] === path; });
    list.textContent = "";
    box.hidden = mine.length === 0;
    mine.forEach(function (view) {
      var item = document.createElement("li"), link = document.createElement("a"), button = document.createElement("button");
      link.href = view.at;
      link.textContent = view.name;
      button.type = "button";
      button.className = "btn bare small";
      button.textContent = "×";
      button.setAttribute("aria-label", box.dataset.forget + " " + view.name);
      button.addEventListener("click", function () {
        write(read().filter(function (v) { return v.name !== view.name || v.at !== view.at; }));
      });
      item.appendChild(link);
      item.appendChild(button);
      list.appendChild(item);
    });
  }
  try { localStorage.getItem(key); } catch (e) { return; }
  save.hidden = false;
  save.addEventListener("click", function () {
    var query = new URLSearchParams(location.search);
    ["cursor", "lang", "theme"].forEach(function (name) { query.delete(name); });
    var at = path + (query.toString() ? "?" + query : "");
    var name = window.prompt(box.dataset.ask, document.title.split(" · ")[0]);
    if (name) { write(read().filter(function (v) { return v.at !== at; }).concat([{ name: name.slice(0, 40), at: at }]).slice(-most)); }
  });
  show();
})();
