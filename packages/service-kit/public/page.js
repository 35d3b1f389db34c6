// What every page does: asks again who answers, and shows who is signed in.
import { session } from './session.js';

const form = document.getElementById('answer-refresh');
const status = document.getElementById('answer-status');

// Through a balancer it is often another task.
form.addEventListener('submit', async event => {
  event.preventDefault();
  try {
    const response = await fetch(form.dataset.source, { cache: 'no-store' });
    if (!response.ok) throw new Error(`status ${response.status}`);
    const identity = await response.json();
    for (const value of document.querySelectorAll('[data-answer]')) {
      value.textContent = identity[value.dataset.answer];
    }
    status.textContent = form.dataset.answered.replace('{ip}', identity.ip);
  } catch {
    status.textContent = form.dataset.failed;
  }
});

const signedOut = document.getElementById('signed-out');
const signedIn = document.getElementById('signed-in');
const signOut = document.getElementById('sign-out');

function showSession() {
  const { user } = session;
  signedOut.hidden = user !== undefined;
  signedIn.hidden = user === undefined;
  document.getElementById('signed-in-name').textContent = user?.name ?? '';
}

signOut.addEventListener('click', async () => {
  signOut.disabled = true;
  try {
    await session.signOut();
  } catch {
    document.getElementById('session-status').textContent = signOut.dataset.failed;
  }
  signOut.disabled = false;
});
session.onChange(showSession);
session.ready.then(showSession);
