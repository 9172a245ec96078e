// Asks the browser for the passkey when the form is sent, and puts its answer into the form's hidden field.
"use strict";

const field = document.querySelector("input[data-passkey]");
const form = field.form;
const button = form.querySelector("button");
button.disabled = false; // before this script ran, nothing could have asked the browser
form.addEventListener("submit", async (event) => {
  if (field.value) return;
  event.preventDefault();
  const wished = JSON.parse(field.dataset.passkey);
  const options = PublicKeyCredential.parseRequestOptionsFromJSON(wished.publicKey ?? wished);
  try {
    field.value = JSON.stringify(await navigator.credentials.get({ publicKey: options }));
    form.requestSubmit();
  } catch {
    let told = form.parentElement.querySelector("[role=alert]");
    if (!told) {
      told = document.createElement("p");
      told.className = "error";
      told.setAttribute("role", "alert");
      form.before(told);
    }
    told.textContent = "This passkey could not be used. Please try again or choose another way.";
  }
});
