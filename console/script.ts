// The console's script: updates the page without moving what the reader uses.

/**
 * Fetches the live parts each second. If only clocks changed, it updates only these, so that focus and scroll position
 * remain. Otherwise, it keeps open what the reader opened.
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
