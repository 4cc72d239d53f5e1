/** What `GET /people/venue-link/{token}` says. */
export interface VenueLink {
  meeting: string;
  title: string;
  venue: string;
  venue_name: string;
}
