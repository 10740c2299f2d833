/** Dark or light: what the system says, unless a person chose. */

type Theme = 'light' | 'dark';

const key = 'cohort-theme';
const media = matchMedia('(prefers-color-scheme: dark)');

function stored(): Theme | undefined {
  try {
    const value = localStorage.getItem(key);
    return value === 'light' || value === 'dark' ? value : undefined;
  } catch {
    // A private window may refuse.
    return undefined;
  }
}

let chosen = $state<Theme | undefined>(stored());
let system = $state<Theme>(media.matches ? 'dark' : 'light');
media.addEventListener('change', ({ matches }) => {
  system = matches ? 'dark' : 'light';
});

/** The theme of the page. */
export const theme = {
  get current(): Theme {
    return chosen ?? system;
  },
  /** The other one, from now on and in the next visit. */
  toggle(): void {
    chosen = this.current === 'dark' ? 'light' : 'dark';
    try {
      localStorage.setItem(key, chosen);
    } catch {
      // It holds for this visit.
    }
  },
};
