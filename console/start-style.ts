// The style of the start page and of its messages, on top of the console's.

export const START_STYLE = `
.try { display: grid; grid-template-columns: 400px minmax(0, 1fr); gap: 24px; align-items: start; margin-top: 20px; }
.try > * { min-width: 0; } #content > h1 + .panel { margin-top: 16px; }
.samples li + li { border-top: 1px solid var(--line); } .samples form { margin: 0; }
.samples button { display: block; width: 100%; padding: 10px 16px; border: 0; background: none; color: inherit; font: inherit; text-align: left; cursor: pointer; } .samples button:hover { background: var(--hover); }
.samples b { display: block; font-weight: 500; color: var(--accent); } .samples small { display: block; color: var(--ink-3); }
.panel .samples + .fold { border-top: 1px solid var(--line); }
.msg { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 4px 16px; padding: 10px 16px; align-items: start; } .msg + .msg { border-top: 1px solid var(--line); }
.msg summary { color: var(--accent); } .msg .text { margin-top: 6px; } .msg .go { display: grid; gap: 6px; justify-items: end; } .msg.settled h3 { font-weight: 400; color: var(--ink-2); }
.text { white-space: pre-wrap; overflow-wrap: anywhere; } .more-messages { margin-top: 12px; } .panel.empty { padding: 24px 16px; } .three dd + dt { margin-top: 8px; } .three h3 { margin-bottom: 8px; }
@media screen and (max-width: 899px) { .try { grid-template-columns: minmax(0, 1fr); } .samples button, .msg summary { min-height: 44px; } .msg summary { padding-block: 12px; } .msg { grid-template-columns: minmax(0, 1fr); } .msg .go { justify-items: stretch; } .msg .go .btn { white-space: normal; } .msg .go a:not(.btn) { padding-block: 12px; } }
`;
