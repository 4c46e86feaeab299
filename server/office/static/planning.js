// The plan board: cards are dragged to another day, or ticked and moved by the bar below; both send
// the same form. Keys: arrows walk from card to card, m goes to the choice of a day, u undoes the
// last change, Escape lets go. Everything works without this file, by ticking.

const one = (selector, within = document) => within.querySelector(selector);
const many = (selector, within = document) => [...within.querySelectorAll(selector)];
const boxes = () => many("#board input[name=visit]");

let standing = ""; // the visit the keys stood on, so that they stand there again after a change

function tell() {
  const chosen = boxes().filter((box) => box.checked);
  const said = one("#chosen");
  if (said) said.textContent = chosen.length ? `${chosen.length} chosen` : "Tick visits, or drag one to another day";
  word(chosen);
}

// What stands in no day is put on one; what has a day is moved.
function word(chosen) {
  const button = one("#bar button[value=move]");
  const put = chosen.length > 0 && chosen.every((box) => box.closest("#lost"));
  if (button) button.textContent = put ? "Put on this day" : "Move";
  for (const other of many("#bar button[value]")) if (other !== button) other.hidden = put;
}

function clear() {
  for (const box of boxes()) box.checked = false;
  tell();
}

function moveTo(day) {
  const form = one("#bar");
  one("select[name=day]", form).value = day;
  form.requestSubmit(one("button[value=move]", form));
}

// --- dragging --------------------------------------------------------------------------------

function aimAt(day) {
  for (const other of many("[data-day].aim")) if (other !== day) other.classList.remove("aim");
  day?.classList.add("aim");
}

document.addEventListener("dragstart", (event) => {
  const card = event.target.closest?.(".card[draggable]");
  if (!card || !one("#bar")) return;
  const box = one("input[name=visit]", card);
  if (!box.checked) {
    clear();
    box.checked = true;
    tell();
  }
  card.classList.add("dragged");
  standing = card.dataset.visit;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", card.dataset.visit);
});

document.addEventListener("dragover", (event) => {
  const day = event.target.closest?.("[data-day]");
  if (!day || !one(".card.dragged")) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "move";
  aimAt(day);
});

document.addEventListener("drop", (event) => {
  const day = event.target.closest?.("[data-day]");
  if (!day || !one(".card.dragged")) return;
  event.preventDefault();
  moveTo(day.dataset.day);
});

document.addEventListener("dragend", () => {
  aimAt(null);
  for (const card of many(".card.dragged")) card.classList.remove("dragged");
});

// --- keys ------------------------------------------------------------------------------------

function neighbour(box, key) {
  const lists = many("#board .cards-of").filter((list) => one("input[name=visit]", list));
  const own = lists.findIndex((list) => list.contains(box));
  const inside = many("input[name=visit]", lists[own]);
  const at = inside.indexOf(box);
  if (key === "ArrowDown") return inside[at + 1] ?? one("input[name=visit]", lists[own + 1] ?? lists[own]);
  if (key === "ArrowUp") return inside[at - 1] ?? (lists[own - 1] ? many("input[name=visit]", lists[own - 1]).at(-1) : box);
  const beside = lists[own + (key === "ArrowRight" ? 1 : -1)];
  return beside ? many("input[name=visit]", beside)[at] ?? many("input[name=visit]", beside).at(-1) : box;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !one("#board")) return;
  const box = event.target.closest("#board input[name=visit]");
  if (box && event.key.startsWith("Arrow")) {
    event.preventDefault();
    neighbour(box, event.key)?.focus();
  } else if (box && event.key === "m") {
    event.preventDefault();
    if (!boxes().some((other) => other.checked)) box.checked = true;
    standing = box.closest(".card").dataset.visit;
    tell();
    one("#bar select[name=day]").focus();
  } else if (event.key === "u" && !event.target.closest("input[type=date], select, textarea")) {
    one("#undo")?.click();
  } else if (event.key === "Escape") {
    clear();
  }
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("#board input[name=visit]")) return;
  if (event.target.checked) standing = event.target.closest(".card").dataset.visit;
  tell();
});

// --- after a change: nothing is chosen, and the keys stand where they stood --------------------

// The card of a store that was in no list of the plan, "+" and its id, has another name now.
function putIn(name) {
  const day = one("#bar select[name=day]")?.value;
  const cards = many(`[data-day="${day}"] .card`);
  return cards.find((card) => `+${card.dataset.store}` === name);
}

document.addEventListener("htmx:after:swap", () => {
  if (!one("#board")) return;
  aimAt(null);
  clear();
  const card = standing && (document.getElementById(`v${standing}`) ?? putIn(standing));
  if (!card) return;
  card.scrollIntoView({ block: "nearest" });
  one("input[name=visit]", card)?.focus({ preventScroll: true });
});

// A choice of rep is a choice of page: no second press. The buttons beside it choose the view.
for (const select of many("form.filters select[name=rep]")) {
  select.addEventListener("change", () => {
    const form = select.form;
    const view = one(".switch [aria-pressed=true]", form);
    form.requestSubmit(view && view.value !== "reps" ? view : one(".switch button", form));
  });
}

// A point of the map leads to its store; the list below the map does so for the keyboard.
document.addEventListener("click", (event) => {
  const point = event.target.closest?.(".plan-map [data-href]");
  if (point) location.assign(point.dataset.href);
});
