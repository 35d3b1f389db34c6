// Asks again who answers: through a balancer it is often another task.
const form = document.getElementById('answer-refresh');
const status = document.getElementById('answer-status');

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
