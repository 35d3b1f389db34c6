// Who is signed in, for every page of this origin. User keeps the session in a cookie that no script can read; what a
// page needs to call the services is an access token, good for minutes, which it gets from user when it needs one.

const refreshUrl = '/users/sessions/refresh';
const sessionsUrl = '/users/sessions';
/** An access token is kept for this tab alone, so that not every page has to ask for a new one, */
const tokenKey = 'slipway.token';
/** and that there is a session at all is kept for all tabs, so that nobody is asked for one that has none. */
const signedInKey = 'slipway.signed-in';
/** A token that ends sooner than this is not used any more. */
const leastMs = 30_000;

/**
 * Makes a session of a window's things. It tells changes by the event `change`.
 * @param {{ fetch: typeof fetch, tab: Storage, all: Storage, locks?: LockManager, origin: string, now: () => number }} world
 */
export function createSession({ fetch, tab, all, locks, origin, now }) {
  const events = new EventTarget();
  let token = readKept(tab.getItem(tokenKey));

  function readKept(text) {
    const claims = text ? readClaims(text) : undefined;
    return claims && claims.exp * 1000 - now() > leastMs ? { text, claims } : undefined;
  }

  function keep(text) {
    const before = token?.claims.sub;
    token = readKept(text);
    if (token) {
      tab.setItem(tokenKey, text);
      all.setItem(signedInKey, 'yes');
    } else {
      tab.removeItem(tokenKey);
      all.removeItem(signedInKey);
    }
    if (before !== token?.claims.sub) events.dispatchEvent(new Event('change'));
  }

  async function refresh() {
    const response = await fetch(refreshUrl, { method: 'POST' });
    if (response.ok) return keep((await response.json()).accessToken);
    if (response.status === 401 || response.status === 403) return keep(undefined);
    throw new Error(`user answered ${response.status}`);
  }

  /** Once at a time, and one tab after the other: a cookie that has been used is no good for the next. */
  let refreshing;
  function refreshInTurn() {
    refreshing ??= (locks ? locks.request('slipway.session', refresh) : refresh()).finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  }

  async function getToken() {
    if (token && token.claims.exp * 1000 - now() <= leastMs) token = undefined;
    if (!token && all.getItem(signedInKey)) await refreshInTurn();
    return token?.text;
  }

  const session = {
    /** Who is signed in as `{ id, name, roles }`, or nothing. */
    get user() {
      if (!token) return undefined;
      const { sub, name, roles } = token.claims;
      return { id: sub, name, roles };
    },
    /** Returns an access token that is good for a while, or nothing; rejects while user cannot be reached. */
    getToken,
    /** Takes the access token that signing in has brought. */
    adopt: keep,
    /** As the window's `fetch`, with the access token of whoever is signed in; only to this origin. */
    async fetch(url, init = {}) {
      if (new URL(url, origin).origin !== origin) throw new Error('the session is for its own origin only');
      const send = async () => {
        const headers = new Headers(init.headers);
        const known = await getToken();
        if (known) headers.set('Authorization', `Bearer ${known}`);
        return { known, response: await fetch(url, { ...init, headers }) };
      };
      const first = await send();
      if (first.response.status !== 401 || !first.known) return first.response;
      token = undefined;
      return (await send()).response;
    },
    /** Ends the session, here and at user. */
    async signOut() {
      const response = await fetch(sessionsUrl, { method: 'DELETE' });
      if (!response.ok && response.status !== 401) throw new Error(`user answered ${response.status}`);
      keep(undefined);
    },
    /** Another tab has signed in or out. */
    async follow() {
      if (!all.getItem(signedInKey)) keep(undefined);
      else await getToken().catch(() => {});
    },
    onChange: listener => events.addEventListener('change', listener),
  };
  session.ready = getToken().then(
    () => session.user,
    () => undefined,
  );
  return session;
}

/** Reads what a token says; whether it is true is for the services to check. */
function readClaims(text) {
  try {
    const [, payload] = text.split('.');
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), each =>
      each.charCodeAt(0),
    );
    const claims = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims.sub === 'string' && typeof claims.exp === 'number' ? claims : undefined;
  } catch {
    return undefined;
  }
}

/** The session of this window. */
export const session = globalThis.document ? openSession() : undefined;

function openSession() {
  const opened = createSession({
    fetch: (...request) => fetch(...request),
    tab: sessionStorage,
    all: localStorage,
    locks: navigator.locks,
    origin: location.origin,
    now: Date.now,
  });
  addEventListener('storage', event => {
    if (event.key === signedInKey) opened.follow();
  });
  return opened;
}
