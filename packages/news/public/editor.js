// Shows what is for editors when an editor is signed in. The service checks for itself who may write.
import { session } from './session.js';

function show() {
  const isEditor = session.user?.roles.includes('editor') ?? false;
  for (const element of document.querySelectorAll('[data-for-editors]')) element.hidden = !isEditor;
  for (const element of document.querySelectorAll('[data-for-others]')) element.hidden = isEditor;
}

session.onChange(show);
session.ready.then(show);
