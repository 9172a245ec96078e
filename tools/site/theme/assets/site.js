// The theme: as the system has it, light, dark; and the results of a search, which go when somebody clicks elsewhere.
const THEMES = ["auto", "light", "dark"];
const root = document.documentElement;
const button = document.getElementById("theme");
const results = document.getElementById("mkdocs-search-results");

function say() {
  button.textContent = { auto: "Auto", light: "Light", dark: "Dark" }[root.dataset.theme];
}

button.addEventListener("click", () => {
  root.dataset.theme = THEMES[(THEMES.indexOf(root.dataset.theme) + 1) % THEMES.length];
  localStorage.setItem("theme", root.dataset.theme);
  say();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest(".search")) results.replaceChildren();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") results.replaceChildren();
});
say();
document.querySelector(".pages [aria-current]")?.scrollIntoView({ block: "nearest" });
