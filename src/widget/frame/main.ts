import { mount } from 'svelte';
import '../../app/theme.css';
import '../../app/base.css';
import '../../app/controls.css';
import Frame from './Frame.svelte';
import { Host } from './host.ts';
import { Session } from './session.svelte.ts';
import { wearTheme } from './theme.ts';

const host = await Host.meet();
wearTheme(host.theme);
mount(Frame, { target: document.getElementById('app')!, props: { session: new Session(host) } });
