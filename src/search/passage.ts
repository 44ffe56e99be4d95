/** What stands under one heading of a page: what is found, shown, given to a model and cited. Plain text throughout. */
export interface Passage {
  /** http or https, of the site's own origin; with the heading's fragment where it has one. */
  readonly url: string;
  /** Of the page. */
  readonly title: string;
  /** Empty before the page's first heading. */
  readonly heading: string;
  /** `passageCharactersMax` at most; a longer section is several passages. */
  readonly text: string;
}
