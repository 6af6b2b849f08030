// One style sheet for the decision pages: large, calm, in the reader's own light.
export const STYLE = `
:root { color-scheme: light dark; --ink: #17202e; --quiet: #556070; --line: #d5dae1; --paper: #fff; --ground: #f3f5f8; --yes: #0b5cad; --on-yes: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebf0; --quiet: #a3adba; --line: #364050; --paper: #1a212c; --ground: #11161e; --yes: #8cc2ff; --on-yes: #0b1726; } }
* { box-sizing: border-box; }
body { margin: 0; font: 18px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
main { max-width: 38rem; margin: 0 auto; padding: 1rem 1rem 3rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .2rem 0 .6rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 0 0 .4rem; }
.kicker, .quiet { color: var(--quiet); font-size: .95rem; margin: .3rem 0; }
.clock { font-weight: 600; margin: .4rem 0 1rem; }
section, details { background: var(--paper); border: 1px solid var(--line); border-radius: .6rem; padding: .9rem 1rem; margin: 1rem 0; }
dl { margin: 0; } dt { color: var(--quiet); font-size: .9rem; margin-top: .7rem; } dt:first-child { margin-top: 0; } dd { margin: 0; overflow-wrap: anywhere; }
code { font: .95em ui-monospace, monospace; overflow-wrap: anywhere; }
blockquote { margin: .5rem 0 0; padding-left: .8rem; border-left: 3px solid var(--line); white-space: pre-line; overflow-wrap: anywhere; }
label { display: block; font-size: .95rem; color: var(--quiet); }
input { width: 100%; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--quiet); border-radius: .4rem; padding: .6rem; min-height: 3rem; }
.choice { display: grid; gap: .7rem; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); margin: 1rem 0; }
button { font: inherit; font-weight: 700; min-height: 3.5rem; border-radius: .5rem; border: 2px solid var(--ink); color: var(--ink); background: transparent; cursor: pointer; }
button.yes { background: var(--yes); border-color: var(--yes); color: var(--on-yes); }
:focus-visible { outline: 3px solid var(--yes); outline-offset: 3px; }
summary { cursor: pointer; min-height: 1.8rem; font-weight: 600; }
.result { font-size: 1.2rem; }
`;
