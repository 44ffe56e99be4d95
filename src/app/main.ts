import { mount } from 'svelte';
import './theme.css';
import './base.css';
import './controls.css';
import './mosaic.css';
import App from './App.svelte';
import { catchLostFocus } from './lost-focus.ts';
import { chat } from './stores/chat.svelte.ts';
import { idleUpdate } from './stores/idle-update.svelte.ts';
import { install } from './stores/install.svelte.ts';
import { joining } from './stores/joining.svelte.ts';
import { peers } from './stores/peer.svelte.ts';
import { shell } from './stores/shell.svelte.ts';

install.listen();
joining.follow();
idleUpdate.follow();
catchLostFocus();
mount(App, { target: document.getElementById('app')! });

// After the first frame, so that the page can be typed in while the network code loads.
requestAnimationFrame(() =>
  setTimeout(() => {
    const starting = peers.ready();
    // The status line tells of a failure.
    starting.catch(() => undefined);
    void shell.start(starting);
    chat.restore().catch(() => undefined);
  }),
);
