"use strict";

const KINDS = {
  SignUp: "Sign-up",
  ResendCode: "Code, sent again",
  ForgotPassword: "Forgotten password",
  AdminCreateUser: "Invitation",
  UpdateUserAttribute: "Changed attribute",
  VerifyUserAttribute: "Attribute to verify",
  Authentication: "Sign-in",
};
const SHOWN = 200; // older messages stay on the server
const WAIT_S = 25;
const RETRY_MS = 1500;

const byId = (id) => document.getElementById(id);
const list = byId("messages");
const filter = byId("filter");
let newest = "";

function card(message) {
  const node = byId("message").content.firstElementChild.cloneNode(true);
  const put = (selector, text) => { node.querySelector(selector).textContent = text; };
  const kind = KINDS[message.kind] ?? message.kind;
  put(".to", message.to);
  put(".kind", message.medium === "SMS" ? `${kind}, by SMS` : kind);
  put(".digits", message.code);
  put("summary", message.subject || "Text of the message");
  put(".body", message.body);
  put(".user", message.username);
  put(".pool", message.pool_id);
  put(".id", message.id);
  const when = new Date(message.created_at);
  const today = when.toDateString() === new Date().toDateString();
  put("time", today ? when.toLocaleTimeString() : when.toLocaleString());
  node.querySelector("time").dateTime = message.created_at;
  const button = node.querySelector(".code");
  button.hidden = !message.code;
  button.classList.toggle("long", message.code.length > 8);
  button.setAttribute("aria-label", `Copy code ${message.code} for ${message.to}`);
  button.addEventListener("click", () => copy(button, message.code));
  node.dataset.text = [message.to, message.username, message.pool_id, message.kind, kind].join(" ").toLowerCase();
  return node;
}

async function copy(button, code) {
  const label = button.querySelector(".copy");
  try {
    await navigator.clipboard.writeText(code);
    label.textContent = "Copied";
    button.classList.add("copied");
  } catch {
    getSelection().selectAllChildren(button.querySelector(".digits")); // no clipboard here: let the keyboard copy it
    label.textContent = "Selected";
  }
  setTimeout(() => { label.textContent = "Copy"; button.classList.remove("copied"); }, 1600);
}

function show(messages, live) {
  for (const message of messages) {
    const node = card(message);
    node.classList.toggle("fresh", live);
    list.prepend(node);
    newest = message.id;
  }
  while (list.children.length > SHOWN) list.lastElementChild.remove();
  if (live && messages.length) {
    const last = messages.at(-1);
    byId("spoken").textContent = `New code for ${last.to}: ${[...last.code].join(" ")}`;
  }
  sift();
}

function sift() {
  const wanted = filter.value.trim().toLowerCase();
  let visible = 0;
  for (const node of list.children) {
    node.hidden = !node.dataset.text.includes(wanted);
    node.classList.toggle("newest", !node.hidden && visible === 0);
    visible += node.hidden ? 0 : 1;
  }
  byId("empty").hidden = list.children.length > 0;
  byId("nothing").hidden = visible > 0 || list.children.length === 0;
}

function tell(state, words) {
  const node = byId("state");
  if (node.dataset.state === state) return;
  node.dataset.state = state;
  node.textContent = words;
}

async function ask(wait) {
  const query = new URLSearchParams({ after: newest, wait });
  const response = await fetch(`messages?${query}`, { cache: "no-store" });
  if (!response.ok) throw new Error(response.statusText);
  return (await response.json()).messages;
}

async function listen() {
  let caughtUp = false;
  for (;;) {
    try {
      const messages = await ask(caughtUp ? WAIT_S : 0);
      show(messages, caughtUp);
      caughtUp ||= messages.length === 0;
      tell("listening", "Listening");
    } catch {
      tell("lost", "Server not reachable, trying again");
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

filter.addEventListener("input", sift);
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target === filter || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  filter.focus();
});
listen();
