// The colours have a contrast of at least 3:1 on white and on dark backgrounds alike, and the dots differ in shape as well.
const STYLES = `
:host{display:inline-block}
:host([hidden]){display:none}
.content{display:contents}
.stack{display:inline-grid;font-variant-numeric:tabular-nums}
.stack>*{grid-area:1/1}
.sizer{visibility:hidden}
.announcer{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.dot{--c:transparent;display:inline-block;flex:none;box-sizing:border-box;inline-size:var(--presence-size,.625em);block-size:var(--presence-size,.625em);border:calc(var(--presence-size,.625em)/5) solid var(--c);border-radius:50%}
.active{--c:var(--presence-active,#16a34a);background:var(--c)}
.idle{--c:var(--presence-idle,#c2700a);background:linear-gradient(90deg,var(--c) 50%,transparent 0)}
.offline{--c:var(--presence-offline,#7a7a7a)}
.dot+.stack{margin-inline-start:.4em}
ul{display:contents;list-style:none}
:host(presence-avatars){display:flex;block-size:var(--presence-avatar-size,2em)}
.avatar{position:relative;flex:none;box-sizing:border-box;inline-size:var(--presence-avatar-size,2em);block-size:var(--presence-avatar-size,2em);border-radius:50%;box-shadow:0 0 0 2px var(--presence-ring,Canvas);background:#4b5563;background:oklch(45% .09 var(--hue));color:#fff}
.avatar+.avatar{margin-inline-start:calc(var(--presence-avatar-size,2em)*var(--presence-overlap,.2)*-1)}
.avatar>span{display:grid;place-items:center;block-size:100%;font-size:calc(var(--presence-avatar-size,2em)*.34);line-height:1}
.avatar.more{background:#4b5563}
img{display:block;inline-size:100%;block-size:100%;border-radius:50%;object-fit:cover}
:host(presence-list),:host(presence-list) .content{display:block}
:host(presence-list) .content{min-block-size:var(--presence-list-height,calc(var(--rows)*1.75em))}
.row{display:flex;align-items:center;gap:.5em;block-size:1.75em}
.row.more{padding-inline-start:calc(var(--presence-size,.625em) + .5em)}
.row>bdi{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
@media (prefers-reduced-motion:no-preference){.dot{transition:background-color .3s,border-color .3s}}
@media (forced-colors:active){.dot{forced-color-adjust:none}.active,.idle{--c:CanvasText}.offline{--c:GrayText}.avatar{border:1px solid CanvasText}}
`;

let sheet: CSSStyleSheet | undefined;

/** Adds the styles of the elements to a shadow root. A shared style sheet is not subject to a Content-Security-Policy. */
export function addStyles(root: ShadowRoot): void {
  if ('adoptedStyleSheets' in root && 'replaceSync' in CSSStyleSheet.prototype) {
    if (sheet === undefined) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLES);
    }
    root.adoptedStyleSheets = [sheet];
  } else {
    // Safari before 16.4.
    const style = document.createElement('style');
    style.textContent = STYLES;
    (root as ShadowRoot).append(style);
  }
}
