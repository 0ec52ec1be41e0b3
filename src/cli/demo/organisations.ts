/**
 * The customers of an imaginary provider, as an outline: two spaces for each level, then
 * `kind: name — description`. What stands at the left is a client.
 */
export const organisations = `
Ashford & Pryce Solicitors — Conveyancing, family and private client law
  branch_office: Bristol
  branch_office: Exeter
    department: Litigation
    department: Conveyancing
Müller Maschinenbau GmbH — Toolmaker, three shifts
  location: Werk Bielefeld
    department: Konstruktion
    department: Fertigung
  location: Werk Chemnitz
Boulangerie Lefèvre — Nine bakeries around Lyon
  location: Croix-Rousse
  location: Vieux Lyon
  location: Villeurbanne
Øresund Logistik A/S — Freight forwarding, Copenhagen and Malmö
  division: Landtransport
  division: Søfragt
Nordlicht Kliniken — Two hospitals and a day clinic
  location: Klinikum Kiel
    department: Radiologie
    department: Verwaltung
  location: Tagesklinik Flensburg
Hotel Edelweiß — Family hotel, 60 rooms, Kitzbühel
Zürcher Treuhand AG — Fiduciary and audit
  department: Wirtschaftsprüfung
  department: Steuern
Van der Berg Bloemen — Flower exports, Aalsmeer
  location: Veiling
  location: Koelhuis
Atelier Dubois-Lambert — Architects, Liège
Skärgårdens Bygg AB — Building contractor, Stockholm
  branch_office: Norrtälje
Fjellheim Barnehage — Kindergarten with four houses, Tromsø
Järvinen Oy — Paper machinery service, Tampere
  division: Kenttähuolto
Zakłady Mięsne Wiśniewski — Meat processing, Łódź
  department: Produkcja
  department: Księgowość
Horáček a synové s.r.o. — Glassworks, Jablonec
Clínica Dental Ibáñez — Four dental practices, Valencia
  location: Ruzafa
  location: Benimaclet
  location: Gandia
Quinta do Vale Verde — Winery and events, Douro
Studio Notarile Bianchi — Notaries, Bologna
Παπαδόπουλος Ναυτιλιακή — Shipping agents, Piraeus
  branch_office: Thessaloniki
Yıldız Tekstil A.Ş. — Textile mill, Bursa
  division: Dokuma
  division: Boyahane
Ковальчук Агро — Grain storage, Poltava
כהן ושות׳ רואי חשבון — Accountants, Haifa
مكتب الرشيد للمحاماة — Law firm, Amman
Shah & Mehta Exports — Spices, Kochi
  department: Quality control
株式会社さくら印刷 — Printers, Kanazawa
  location: 本社
  location: 第二工場
한빛 소프트랩 — Software studio, Daejeon
Pacific Ridge Veterinary — Animal hospitals, Oregon
  location: Bend
  location: Eugene
  location: Salem
Tremblay et Fils Assurances — Insurance brokers, Québec
  branch_office: Trois-Rivières
  branch_office: Saguenay
Maple & Main Credit Union — Eleven branches, Ontario
  branch_office: Kingston
    department: Lending
    department: Member services
  branch_office: Belleville
  branch_office: Cobourg
Cornerstone Charter Schools — Three campuses, Arizona
  location: Mesa Campus
  location: Tempe Campus
    department: Library
  location: Chandler Campus
Blue Heron Dental Group — Dentists, Louisiana
Oficina Irmãos Araújo — Car repair chain, Curitiba
  location: Água Verde
  location: Boqueirão
Kowhai Orchards Ltd — Kiwifruit packhouse, Te Puke
Barossa Cellar Door — Wine retail, South Australia
O’Sullivan Quarries — Stone and concrete, County Clare
  location: Ennis
  location: Doolin
Lindqvist & Partners — Management consultants, Helsinki
  division: Public sector
  division: Energy
St Aldhelm’s Hospice — Charity, 120 volunteers, Dorset
Highland Ferry Services — Ferries and piers, Oban
  location: Craignure Pier
  location: Tobermory Pier
Greenwich Maritime Trust — Museum and archive, London
  department: Archive
  department: Visitor services
Penhaligon Boatyard — Boatbuilders, Falmouth
Brightwater Environmental — Water testing laboratories
  branch_office: Leeds
    department: Laboratory
    department: Field sampling
  branch_office: Norwich
`
