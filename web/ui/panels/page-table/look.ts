// How the parts of the page-table panel stand together: side by side where there is room,
// one at a time where there is not.

import { css } from 'lit';

export const partsLook = css`
  .body {
    display: flex;
    flex-direction: column;
  }
  .all {
    flex: 1 0 auto;
  }
  .whose {
    max-width: 14em;
    font-size: 12.5px;
  }
  .above {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 12px;
    padding: 6px 12px;
    border-bottom: 1px solid var(--orrery-line);
  }
  .parts {
    display: none;
    gap: 4px;
  }
  .parts [aria-pressed='true'] {
    border-color: var(--orrery-accent);
    color: var(--orrery-accent);
  }
  @media (forced-colors: active) {
    .parts [aria-pressed='true'] {
      outline: 2px solid Highlight;
    }
  }
  .both {
    display: grid;
    grid-template-columns: minmax(20em, 25em) minmax(0, 1fr);
  }
  .part {
    min-width: 0;
    padding: 10px 12px 14px;
  }
  .tree-part {
    padding-inline: 0;
    border-inline-start: 1px solid var(--orrery-line);
  }
  .tree-part > :is(h3, p) {
    padding-inline: 12px;
  }
  .walk-part {
    padding: 10px 12px;
    border-top: 1px solid var(--orrery-line);
  }
  .no-walk {
    display: none;
    margin: 0;
  }
  @container (max-width: 979px) {
    .all[data-shown='walk'] .no-walk {
      display: block;
    }
  }
  .address {
    position: sticky;
    inset-block-end: 0;
    z-index: 2;
    padding: 5px 12px;
    border-top: 1px solid var(--orrery-line);
    background: var(--orrery-panel-bg);
  }
  form {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 6px;
  }
  .lands {
    display: inline-flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 8px;
  }
  .bad:not(:empty) {
    flex-basis: 100%;
    color: var(--orrery-bad);
  }
  @container (max-width: 979px) {
    .parts {
      display: flex;
    }
    .both {
      grid-template-columns: minmax(0, 1fr);
    }
    .all[data-shown='map'] :is(.tree-part, .walk-part),
    .all[data-shown='tree'] :is(.map-part, .walk-part),
    .all[data-shown='walk'] .both,
    .both h3 {
      display: none;
    }
    .tree-part {
      border-inline-start: 0;
    }
    .walk-part {
      border-top: 0;
    }
    .above {
      padding-block: 4px;
    }
  }
  @container (max-width: 519px) {
    .facts .more,
    label {
      display: none;
    }
    input {
      width: 8em;
    }
  }
`;
