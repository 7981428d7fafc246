//! The network as a guest meets it.

use super::*;

/// A frame of the guest's around `payload`.
fn frame(ethertype: EthernetProtocol, payload: &[u8]) -> Vec<u8> {
    let header = EthernetRepr {
        src_addr: GUEST_MAC,
        dst_addr: EthernetAddress::BROADCAST,
        ethertype,
    };
    let mut bytes = vec![0; header.buffer_len()];
    header.emit(&mut EthernetFrame::new_unchecked(&mut bytes));
    bytes.extend(payload);
    bytes
}

/// A datagram of the guest's.
fn datagram(to: Ipv4Addr, ports: UdpRepr, payload: &[u8]) -> Vec<u8> {
    let checksums = ChecksumCapabilities::default();
    let header = Ipv4Repr {
        src_addr: GUEST,
        dst_addr: to,
        next_header: IpProtocol::Udp,
        payload_len: ports.header_len() + payload.len(),
        hop_limit: HOPS,
    };
    let mut bytes = vec![0; header.buffer_len() + header.payload_len];
    header.emit(&mut Ipv4Packet::new_unchecked(&mut bytes), &checksums);
    ports.emit(
        &mut UdpPacket::new_unchecked(&mut bytes[20..]),
        &IpAddress::Ipv4(GUEST),
        &IpAddress::Ipv4(to),
        payload.len(),
        |place| place.copy_from_slice(payload),
        &checksums,
    );
    frame(EthernetProtocol::Ipv4, &bytes)
}

/// What comes back for a datagram to `to` and `port`, its checksums looked at.
fn ask(to: Ipv4Addr, port: u16, payload: &[u8]) -> Option<Vec<u8>> {
    let checksums = ChecksumCapabilities::default();
    let ports = UdpRepr {
        src_port: 2000,
        dst_port: port,
    };
    let answer = answer(&datagram(to, ports, payload))?;
    let packet = Ipv4Packet::new_checked(&answer[14..]).expect("a packet");
    let header = Ipv4Repr::parse(&packet, &checksums).expect("a header");
    assert_eq!((header.src_addr, header.dst_addr), (to, GUEST));
    let packet = UdpPacket::new_checked(packet.payload()).expect("a datagram");
    let (from, to) = (IpAddress::Ipv4(to), IpAddress::Ipv4(GUEST));
    let ports = UdpRepr::parse(&packet, &from, &to, &checksums).expect("a checksum");
    assert_eq!((ports.src_port, ports.dst_port), (port, 2000));
    Some(packet.payload().to_vec())
}

#[test]
fn the_host_and_the_name_server_say_where_they_are() {
    let ask = |address| {
        let request = ArpRepr::EthernetIpv4 {
            operation: ArpOperation::Request,
            source_hardware_addr: GUEST_MAC,
            source_protocol_addr: GUEST,
            target_hardware_addr: EthernetAddress([0; 6]),
            target_protocol_addr: address,
        };
        let mut bytes = vec![0; request.buffer_len()];
        request.emit(&mut ArpPacket::new_unchecked(&mut bytes));
        let answer = answer(&frame(EthernetProtocol::Arp, &bytes))?;
        let packet = ArpPacket::new_checked(&answer[14..]).expect("a packet");
        Some(packet.source_hardware_addr().to_vec())
    };
    assert_eq!(ask(HOST), Some(HOST_MAC.0.to_vec()));
    assert_eq!(ask(NAME_SERVER), Some(HOST_MAC.0.to_vec()));
    assert_eq!(ask(Ipv4Addr::new(10, 0, 2, 9)), None);
}

#[test]
fn datagrams_to_the_echo_port_come_back() {
    assert_eq!(ask(HOST, ECHO_PORT, b"hello"), Some(b"hello".to_vec()));
    assert_eq!(ask(HOST, 9, b"hello"), None);
}

/// A query for `name`, of kind `kind`.
fn query(name: &str, kind: u8) -> Vec<u8> {
    let mut bytes = vec![0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in name.split('.') {
        bytes.push(label.len() as u8);
        bytes.extend(label.bytes());
    }
    bytes.extend([0, 0, kind, 0, 1]);
    bytes
}

#[test]
fn names_have_addresses() {
    let query_a = query("pdos.csail.mit.edu", 1);
    let answer = ask(Ipv4Addr::new(8, 8, 8, 8), DNS_PORT, &query_a).expect("an answer");
    assert_eq!(answer[..8], [0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1]);
    assert_eq!(answer[12..query_a.len()], query_a[12..]);
    assert!(answer.ends_with(&[0, 4, 128, 52, 129, 126]));
    let answer = ask(NAME_SERVER, DNS_PORT, &query("HOST", 1)).expect("an answer");
    assert!(answer.ends_with(&[0, 4, 10, 0, 2, 2]));
    // Another kind of record; a name that is not there.
    let answer = ask(NAME_SERVER, DNS_PORT, &query("host", 28)).expect("an answer");
    assert_eq!(answer[2..8], [0x81, 0x80, 0, 1, 0, 0]);
    let answer = ask(NAME_SERVER, DNS_PORT, &query("nowhere", 1)).expect("an answer");
    assert_eq!(answer[2..8], [0x81, 0x83, 0, 1, 0, 0]);
}

#[test]
fn an_address_is_to_be_had() {
    // BOOTREQUEST, Ethernet; the client's address; the cookie, DISCOVER, and the end.
    let mut message = vec![1, 1, 6, 0, 9, 8, 7, 6];
    message.resize(28, 0);
    message.extend(GUEST_MAC.0);
    message.resize(236, 0);
    message.extend([0x63, 0x82, 0x53, 0x63, 53, 1, 1, 255]);
    let ports = UdpRepr {
        src_port: DHCP_CLIENT_PORT,
        dst_port: DHCP_SERVER_PORT,
    };
    let offer = answer(&datagram(Ipv4Addr::BROADCAST, ports, &message)).expect("an offer");
    let packet = DhcpPacket::new_checked(&offer[42..]).expect("a message");
    let offer = DhcpRepr::parse(&packet).expect("a message");
    assert_eq!(offer.message_type, DhcpMessageType::Offer);
    assert_eq!((offer.transaction_id, offer.your_ip), (0x0908_0706, GUEST));
    assert_eq!((offer.router, offer.subnet_mask), (Some(HOST), Some(MASK)));
}

proptest::proptest! {
    #[test]
    fn any_frame_may_be_sent(cut: u16, at in 0..400usize, byte: u8, bytes: Vec<u8>) {
        // Chance alone gets not far: change what makes sense, too.
        let ports = UdpRepr { src_port: 68, dst_port: 53 };
        for dst_port in [ECHO_PORT, DNS_PORT, DHCP_SERVER_PORT] {
            let ports = UdpRepr { dst_port, ..ports };
            let query = query("host.of.many.labels", 1);
            let payload = [&query, bytes.as_slice()].concat();
            let mut frame = datagram(HOST, ports, &payload);
            if let Some(place) = frame.get_mut(at) {
                *place = byte;
            }
            frame.truncate(usize::from(cut));
            answer(&frame);
            answer_dns(&payload[..payload.len().min(usize::from(cut))]);
        }
        answer_dns(&bytes);
        answer_dhcp(&bytes);
        answer_icmp(&bytes);
        answer(&bytes);
    }
}
