// Keys of the inbox: j and k move, x ticks, a gives the proposed answer, r rejects, o opens.
// The list works without any of it.

const within = (selector, root = document) => root.querySelector(selector);
const items = () => [...document.querySelectorAll(".items .item")];

let at = null; // the item the keys stand on, by id; its version may change under us
const key = (item) => item.id.slice(0, 37);

function stand(item) {
  for (const other of document.querySelectorAll(".item.here")) other.classList.remove("here");
  at = item ? key(item) : null;
  if (!item) return;
  item.classList.add("here");
  item.scrollIntoView({ block: "nearest" });
  within("a.open", item)?.focus({ preventScroll: true });
}

function reject(item) {
  const button = within("button[value=reject]", item);
  if (!button) return;
  const more = button.closest("details");
  if (more) more.open = true;
  const note = within("input[name=note]", button.form);
  if (note.value.trim()) button.form.requestSubmit(button);
  else note.focus();
}

function propose(item) {
  const button = within("button[data-proposed]", item);
  if (button) button.form.requestSubmit(button);
}

const DEEDS = {
  x: (item) => within("input[type=checkbox]", item)?.click(),
  a: propose,
  r: reject,
  o: (item) => within("a.open", item)?.click(),
};

function onKey(event) {
  if (event.target.closest("input:not([type=checkbox]), select, textarea, dialog")) {
    if (event.key === "Escape" && !event.target.closest("dialog")) event.target.blur();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "?") return help();
  const list = items();
  if (!list.length) return;
  const place = list.findIndex((item) => key(item) === at);
  if (event.key === "j") stand(list[Math.min(place + 1, list.length - 1)]);
  else if (event.key === "k") stand(list[Math.max(place - 1, 0)]);
  else if (event.key in DEEDS && place >= 0) {
    event.preventDefault();
    DEEDS[event.key](list[place]);
  }
}

function help() {
  within("#keys")?.showModal();
}

document.addEventListener("keydown", onKey);
within("#keys-help")?.addEventListener("click", help);
document.addEventListener("htmx:after:swap", () => {
  const item = items().find((one) => key(one) === at);
  if (item) item.classList.add("here");
});
