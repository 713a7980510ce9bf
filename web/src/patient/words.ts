import type { i18n as I18n, TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import codesEn from './locales/codes.en.json' with { type: 'json' }
import en from './locales/en.json' with { type: 'json' }

export type T = TFunction<'patient'>

/** Names of codes, value sets and answers, by language. English where a language has none. */
const codes: Record<string, Readonly<Record<string, string>>> = { en: codesEn }

/** Gives i18n this room's words; German ones come when they are spoken. */
export async function load(i18n: I18n, language: string): Promise<void> {
  if (!i18n.hasResourceBundle('en', 'patient')) i18n.addResourceBundle('en', 'patient', en)
  if (language !== 'de' || i18n.hasResourceBundle('de', 'patient')) return
  const [words, common, names] = await Promise.all([
    import('./locales/de.json', { with: { type: 'json' } }),
    import('./locales/common.de.json', { with: { type: 'json' } }),
    import('./locales/codes.de.json', { with: { type: 'json' } }),
  ])
  codes.de = names.default
  i18n.addResourceBundle('de', 'common', common.default)
  i18n.addResourceBundle('de', 'patient', words.default)
}

/** This room's words, and how it writes days, numbers and codes. */
export function useWords() {
  const { t, i18n } = useTranslation('patient')
  return { t: t as T, i18n, say: speaker(t as T, i18n.language) }
}

export type Speaker = ReturnType<typeof speaker>

export function speaker(t: T, language: string) {
  const locale = language === 'de' ? 'de-DE' : 'en-GB'
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' })
  const times = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
  const lists = new Intl.ListFormat(locale, { type: 'disjunction' })
  return {
    /** @param day yyyy-mm-dd. */
    day: (day: string) => days.format(new Date(`${day}T00:00:00Z`)),
    time: (time: string) => times.format(new Date(time)),
    /** A decimal as the language writes it, digit for digit. */
    decimal: (text: string) => (language === 'de' ? text.replace('.', ',') : text),
    /** A code, a value set's name or a word, as people say it; as it stands where no name is known. */
    code: (name: string) => codes[language]?.[name] ?? codes.en?.[name] ?? name,
    roles: (roles: readonly string[]) => lists.format(roles.map((role) => t(`role.${role}` as 'role.hospital'))),
    span(count: number): string {
      return count >= 365 && count % 365 === 0 ? t('words.years', { count: count / 365 }) : t('words.days', { count })
    },
  }
}
