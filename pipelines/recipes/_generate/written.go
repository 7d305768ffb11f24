package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// plays cuts scenes out of a collection of plays.
func plays(from string) ([]row, error) {
	data, err := os.ReadFile(filepath.Join(from, "text/tinyshakespeare.txt"))
	if err != nil {
		return nil, err
	}
	speeches := strings.Split(string(data), "\n\n")
	var rows []row
	for i := 0; i+20 <= len(speeches) && len(rows) < 60; i += len(speeches) / 60 {
		rows = append(rows, row{
			ID: fmt.Sprintf("plays/%d", i), Text: strings.Join(speeches[i:i+20], "\n\n"), Source: "plays", Licence: "public domain",
		})
	}
	return rows, nil
}

// letters hold personal data, all of it invented: names of nobody, numbers reserved for examples or for testing.
func letters() []row {
	texts := []string{
		"Thank you for writing to the reading room. The catalogue of the old town archive is open to everybody on weekdays, and the staff will gladly " +
			"help you to find the parish registers that you asked about. Most of them were copied in the last century, and the copies may be read without an appointment.\n" +
			"If you cannot come in person, write to archive.desk@reading-room.example.com or call +1 202-555-0143 between nine and noon. " +
			"Please tell us the names and the years that you are looking for, because the registers are kept by year and by district.",
		"The bicycle club meets on the first Sunday of the month at the bridge. We ride about forty kilometres along the river, with a long rest at the mill, and nobody is left behind. " +
			"Bring water and a spare tube. Those who want to borrow a bicycle should call Frau Beispiel at +49 30 901820 or write to radclub@beispielstadt.de by Friday evening.\n" +
			"The yearly fee has not changed. It is paid to the account DE89 3704 0044 0532 0130 00, and a receipt is sent by post within two weeks.",
		"Our server moved during the night, and for most of you nothing has changed. If you had written the old address 8.8.4.4 into a configuration file, replace it by the name of the server, " +
			"which will follow every later move. Machines inside the office keep the address 192.168.1.20 and need no change at all.\n" +
			"Logs of the move are kept for a week. Questions go to the people on duty at ops-team@hosting.example.net, who have promised to answer on the same day.",
		"Your books were paid with the card 4111 1111 1111 1111, and the parcel left our house on Tuesday. It weighs a little more than four kilograms, so the carrier will ring the bell and not leave it at the door. " +
			"Should the parcel be damaged, please refuse it and tell us; we will send the books again without any cost.\n" +
			"The number 4111 1111 1111 1112 that stood in your first message was refused by the bank because its check digit is wrong, as you have already found out for yourself.",
		"感谢您参加本周的读书会。下一次活动将在星期六下午两点开始,地点仍然是图书馆三楼的阅览室。请各位读者提前阅读第三章,并准备一个自己感兴趣的问题,以便在讨论时与大家分享。\n" +
			"如果您不能按时到场,请拨打联系人的手机13800138000,或者发送邮件至 dushuhui@library.example.cn。办理借书证时请携带身份证,例如证件号码为11010519491231002X的读者只需填写一张表格,工作人员会在当天完成登记。",
		"El taller de cerámica abre de martes a sábado y recibe a principiantes y a quienes ya conocen el torno. Las piezas se cuecen los jueves por la noche, de modo que conviene terminarlas el día anterior. " +
			"Para reservar una plaza escriba a taller@ceramica.example.es o llame al +34 912 345 678 por la mañana.\n" +
			"La cuota se ingresa en la cuenta ES91 2100 0418 4502 0005 1332 antes del primer día de cada mes, y el material está incluido en el precio.",
	}
	rows := make([]row, len(texts))
	for i, t := range texts {
		rows[i] = row{ID: fmt.Sprintf("letters/%d", i), Text: t, Source: "web", Licence: "CC0-1.0"}
	}
	return rows
}

// junk is what crawls are full of: lists, repetition, keyword stuffing, templates, symbols.
func junk() []row {
	var texts []string
	cities := strings.Fields("Aberdeen Bergen Cardiff Dublin Essen Florence Geneva Hamburg Izmir Jena Krakow Lisbon Madrid Naples Oslo Porto Quimper Rome Seville Turin")
	for i, c := range cities {
		texts = append(texts, strings.TrimSpace(strings.Repeat(fmt.Sprintf("Cheap flights to %s. Best cheap flights to %s today. ", c, c), 8+i)))
	}
	for i := range 8 {
		var b strings.Builder
		for j := range 30 {
			fmt.Fprintf(&b, "• %s %d\n", cities[(i+j)%len(cities)], 100*i+j)
		}
		texts = append(texts, b.String())
	}
	for i := range 10 {
		texts = append(texts, fmt.Sprintf("Read more...\nPosted by admin on day %d\nLeave a comment\nShare\nRelated posts\nNext page\nPrevious page...\n", i+1))
	}
	for _, c := range cities[:8] {
		texts = append(texts, c+" "+strings.Repeat("### >>> <<< *** ", 20)+"12 34 56 78 90")
	}
	for i, c := range cities[:12] {
		texts = append(texts, fmt.Sprintf("Dear customer, we are pleased to inform you that our shop in %s will be open again from the %dth of the month. "+
			"We have used the quiet weeks to paint the rooms and to order the shelves anew, and we are looking forward to seeing you. "+
			"Please note that the entrance has moved to the other side of the building, and that the lift is still out of order. Thank you for your patience.", c, i+4))
	}
	texts = append(texts, "", " \n\t ", "ok", "x")
	rows := make([]row, len(texts))
	for i, t := range texts {
		rows[i] = row{ID: fmt.Sprintf("junk/%d", i), Text: t, Source: "web", Licence: "CC0-1.0"}
	}
	return rows
}

// notes is a plain file of good and broken lines. What is broken must be told, and must cost nothing but itself.
func notes(from string) ([]byte, int, error) {
	rfcs, err := corpus(from, "rust-rfcs")
	if err != nil {
		return nil, 0, err
	}
	rows := every(where(rfcs, func(r row) bool { return len(r.Text) > 4000 }), 40)
	broken := map[int]string{
		5:  `{"id": "notes/no-end", "text": "This line ends in the middle of a`,
		12: "{\"id\": \"notes/bad-utf8\", \"text\": \"Latin-1 sneaked in: caf\xe9, na\xefve, and so did \xff bytes that nobody can read.\"}",
		19: `["an", "array", "where", "an", "object", "was", "meant"]`,
		26: `{"id": "notes/no-text", "title": "a record without its text"}`,
		33: "{\"id\": \"notes/control\", \"text\": \"a raw\ttab and a bell \a inside a string\"}",
	}
	var b strings.Builder
	b.WriteString("\ufeff") // as some editors write it
	for i, r := range rows {
		r.Text = excerpt(markdown(r.Text[len(r.Text)/2:]), 1500)
		r.Text = r.Text[strings.IndexByte(r.Text, ' ')+1:]
		r.ID, r.Source = fmt.Sprintf("notes/%d", i), "notes"
		line, err := jsonLines([]row{r})
		if err != nil {
			return nil, 0, err
		}
		if bad, ok := broken[i]; ok {
			b.WriteString(bad + "\n")
		}
		b.Write(line)
	}
	return []byte(b.String()), len(rows) + len(broken), nil
}
