/** How long a task set may take to be healthy, undivided. AWS waits 60 minutes; a laptop shows a fault sooner. */
export const HEALTH_LIMIT_MS = 5 * 60_000;

/** A green that never was steady fails after so many failed tasks; AWS only has its time limit. */
export const MOST_FAILED_TASKS = 3;

/** How long a lifecycle hook may take to give its verdict, undivided, as in AWS. */
export const HOOK_LIMIT_MS = 60 * 60_000;

/** How soon to look again at what may change without a commit: target health. */
export const POLL_MS = 250;
