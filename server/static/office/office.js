// Comfort for office pages that work without it: printing, and photos alone on the screen.
const page = document.documentElement;
page.classList.add("has-script");

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}

// Paper has no summaries to open.
window.addEventListener("beforeprint", () => {
  for (const point of document.querySelectorAll(".point, .history details")) {
    point.open = true;
  }
});

const pictures = document.querySelector("[data-pictures]");
const links = pictures ? [...pictures.querySelectorAll("a[data-picture]")] : [];
if (pictures && links.length > 0) {
  openOnClick(makeLightbox(pictures.dataset));
}

function makeLightbox(words) {
  const dialog = document.createElement("dialog");
  dialog.className = "lightbox";
  const caption = document.createElement("p");
  const image = document.createElement("img");
  const close = makeButton("close", "✕", words.close);
  const before = makeButton("before", "‹", words.before);
  const next = makeButton("next", "›", words.next);
  dialog.append(caption, close, before, image, next);
  document.body.append(dialog);
  let at = 0;
  const show = (wanted) => {
    at = (wanted + links.length) % links.length;
    image.src = links[at].href;
    image.alt = links[at].querySelector("img").alt;
    caption.textContent = links[at].dataset.picture;
    dialog.setAttribute("aria-label", links[at].dataset.picture);
  };
  close.addEventListener("click", () => dialog.close());
  before.addEventListener("click", () => show(at - 1));
  next.addEventListener("click", () => show(at + 1));
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") {
      show(at - 1);
    } else if (event.key === "ArrowRight") {
      show(at + 1);
    }
  });
  dialog.addEventListener("close", () => links[at].focus());
  return { dialog, show };
}

function makeButton(name, mark, label) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = name;
  button.textContent = mark;
  button.setAttribute("aria-label", label);
  return button;
}

function openOnClick({ dialog, show }) {
  for (const [index, link] of links.entries()) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) {
        return; // a new tab was asked for
      }
      event.preventDefault();
      show(index);
      dialog.showModal();
    });
  }
}
