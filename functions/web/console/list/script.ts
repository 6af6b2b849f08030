// The script of the console: polls for changes, and keeps times current.

/** Seconds between polls. A poll reads one item if nothing changed. */
export const POLL_SECONDS = 10;

/**
 * Polls only while the page is visible. Replaces the content only if the reader has not started to use the page;
 * otherwise offers to show the changes. Without the script, the page has a link to reload it.
 */
export const SCRIPT = `
const main = document.getElementById('main');
const lost = document.getElementById('lost');
const changed = document.getElementById('changed');
let revision = main.dataset.revision;
let isAsking = false;

const words = (minutes) => {
  if (minutes < 1) return 'under a minute';
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return Math.floor(hours / 24) + ' days';
  const rest = minutes % 60;
  return hours === 0 ? minutes + ' min' : rest === 0 ? hours + ' h' : hours + ' h ' + rest + ' min';
};
const age = (minutes) => minutes < 1 ? '<1 min' : minutes < 60 ? minutes + ' min' : minutes < 2880 ? Math.floor(minutes / 60) + ' h' : Math.floor(minutes / 1440) + ' d';
function tick() {
  for (const one of document.querySelectorAll('[data-until]')) {
    const left = Math.floor((Date.parse(one.dataset.until) - Date.now()) / 60000);
    if (left >= 0) one.textContent = words(left);
  }
  for (const one of document.querySelectorAll('[data-since]'))
    one.textContent = age(Math.max(0, Math.floor((Date.now() - Date.parse(one.dataset.since)) / 60000)));
}

const isUsed = () =>
  window.scrollY > 0 || main.contains(document.activeElement) || main.matches(':hover') ||
  String(document.getSelection()) !== '';

async function ask() {
  if (document.hidden || isAsking) return;
  isAsking = true;
  const answer = await fetch(location.href, { headers: { 'If-None-Match': revision }, redirect: 'error' }).catch(() => null);
  isAsking = false;
  lost.hidden = Boolean(answer && (answer.ok || answer.status === 304));
  if (!answer || !answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const next = fresh.getElementById('main');
  if (!next) return;
  revision = next.dataset.revision;
  const strip = document.querySelector('.strip');
  if (!strip.contains(document.activeElement)) strip.replaceWith(fresh.querySelector('.strip'));
  if (isUsed()) changed.hidden = false;
  else { changed.hidden = true; document.getElementById('content').replaceWith(fresh.getElementById('content')); }
}

setInterval(ask, ${POLL_SECONDS * 1000});
setInterval(tick, 10000);
document.addEventListener('visibilitychange', () => { if (!document.hidden) tick(); });
`;
