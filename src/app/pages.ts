import type { Component } from 'svelte';

/** Every page but the chat comes when it is opened: what is typed into first is there first. All are kept for offline. */
export const loadPage: Record<
  'models' | 'pod' | 'network' | 'contribute' | 'settings',
  () => Promise<{ readonly default: Component<Record<string, never>, object, string> }>
> = {
  models: () => import('./pages/ModelsPage.svelte'),
  pod: () => import('./pages/PodPage.svelte'),
  network: () => import('./pages/NetworkPage.svelte'),
  contribute: () => import('./pages/ContributePage.svelte'),
  settings: () => import('./pages/SettingsPage.svelte'),
};

export const loadJoinPage = () => import('./pages/JoinPage.svelte');

export const loadShortcutList = () => import('./components/ShortcutList.svelte');
