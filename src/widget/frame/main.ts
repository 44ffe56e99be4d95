import { mount } from 'svelte';
import '../../app/theme.css';
import '../../app/base.css';
import '../../app/controls.css';
import { catchLostFocus } from '../../app/lost-focus.ts';
import Frame from './Frame.svelte';
import { Host } from './host.ts';
import { speak } from './own-words.ts';
import { Session } from './session.svelte.ts';
import { wearTheme } from './theme.ts';

const host = await Host.meet();
wearTheme(host.theme);
const { words, lang } = host.options;
if (words) speak(words);
// What is read aloud is pronounced so.
if (lang) document.documentElement.lang = lang;
catchLostFocus();
mount(Frame, { target: document.getElementById('app')!, props: { session: new Session(host) } });
