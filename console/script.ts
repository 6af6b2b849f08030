// The console's script: follows what happens without taking the page from under the reader's hands.

/**
 * Fetches the live parts each second. Where only clocks have moved, only they are written, so that the reader keeps the
 * focus and the place; where more has changed, what the reader has opened or closed stays so.
 */
export const SCRIPT = `
const ticks = /<b class="ticks">[^<]*<\\/b>/g;
const stable = (part) => part.innerHTML.replace(ticks, '');
const lost = document.getElementById('lost');
const last = new Map([...document.querySelectorAll('.live')].map((part) => [part.id, stable(part)]));

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch('/live').catch(() => null);
  lost.hidden = Boolean(answer && answer.ok);
  if (!lost.hidden) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const part of fresh.querySelectorAll('.live')) follow(document.getElementById(part.id), part);
}

function follow(here, part) {
  const now = stable(part);
  if (now === last.get(part.id)) {
    const moved = part.querySelectorAll('.ticks');
    here.querySelectorAll('.ticks').forEach((one, i) => { one.textContent = moved[i].textContent; });
    return;
  }
  last.set(part.id, now);
  const isOpen = new Map([...here.querySelectorAll('details')].map((one) => [one.id, one.open]));
  here.innerHTML = part.innerHTML;
  for (const one of here.querySelectorAll('details')) one.open = isOpen.get(one.id) ?? one.open;
}

setInterval(refresh, 1000);
`;
