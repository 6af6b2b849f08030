// What the stand-ins of AWS hold: address sets, network ACLs, users and keys.
import { html } from 'hono/html';
import type { Html } from '../functions/site/page.ts';
import type { Runtime } from '../local/runtime.ts';
import { RESOURCES } from './texts.ts';

type Account = Pick<Runtime, 'ipSets' | 'networkAcls' | 'identities'>;

export const accountFold = ({ ipSets, networkAcls, identities }: Account): Html => {
  const users = identities();
  const cutOff = users.filter(({ works }) => !works);
  return html`<div class="panel three">
<section aria-labelledby="ip-sets"><h3 id="ip-sets">${RESOURCES.ipSets}</h3><dl>${ipSets().map(
    ({ name, addresses }) =>
      html`<dt class="quiet">${name}</dt><dd>${codes(addresses, RESOURCES.empty)}</dd>`,
  )}</dl></section>
<section aria-labelledby="network-acls"><h3 id="network-acls">${RESOURCES.networkAcls}</h3><dl>${networkAcls().map(
    ({ id, isDefault, denied }) =>
      html`<dt class="quiet">${id}${isDefault ? RESOURCES.isDefault : ''}</dt><dd>${codes(
        denied.map(({ ruleNumber, cidr, direction }) =>
          RESOURCES.rule(ruleNumber, cidr, direction),
        ),
        RESOURCES.deniesNone,
      )}</dd>`,
  )}</dl></section>
<section aria-labelledby="identities"><h3 id="identities">${RESOURCES.identities}</h3><dl>${cutOff.map(
    ({ name, kind }) =>
      html`<dt class="quiet">${kind}</dt><dd>${name}: <b>${RESOURCES.cutOff}</b></dd>`,
  )}</dl><p class="quiet">${RESOURCES.working(users.length - cutOff.length, users.length)}</p></section>
</div>`;
};

/** The first entries; the others are counted, because a flood adds hundreds. */
const SHOWN = 12;
const codes = (all: readonly string[], none: string): Html =>
  all.length === 0
    ? html`<span class="quiet">${none}</span>`
    : html`${all.slice(0, SHOWN).map((one) => html`<code class="mono">${one}</code> `)}${all.length > SHOWN ? RESOURCES.more(all.length - SHOWN) : ''}`;
